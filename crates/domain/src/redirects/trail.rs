//! Where redirects lead in the end: never back to where they began.

use std::collections::HashSet;

use crate::id::EditionId;

/// The most redirects an address may lead through, one after another.
pub const MOST_HOPS: usize = 10;

/// A path of an edition.
pub type Place = (EditionId, String);

/// Where following redirects ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trail {
    /// At something that is no redirect to another path.
    Ends,
    /// Where it has been before.
    Circle,
    /// It goes on after [`MOST_HOPS`] redirects.
    TooLong,
}

/// Follows redirects from a place. `next` tells which path the redirect at a place leads to, if
/// there is one and it leads to a path.
pub fn trail<'a>(from: &'a Place, next: impl Fn(&Place) -> Option<&'a Place>) -> Trail {
    let mut met = HashSet::from([from]);
    let mut here = from;
    for _hop in 0..=MOST_HOPS {
        let Some(there) = next(here) else {
            return Trail::Ends;
        };
        if !met.insert(there) {
            return Trail::Circle;
        }
        here = there;
    }
    Trail::TooLong
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    fn place(number: usize) -> Place {
        (Id::from_uuid(Uuid::nil()), format!("/{number}"))
    }

    fn follow(edges: &HashMap<Place, Place>, from: usize) -> Trail {
        trail(&place(from), |here| edges.get(here))
    }

    fn chain(length: usize) -> HashMap<Place, Place> {
        (0..length)
            .map(|number| (place(number), place(number + 1)))
            .collect()
    }

    #[test]
    fn ten_redirects_may_follow_each_other_and_no_more() {
        assert_eq!(follow(&chain(0), 0), Trail::Ends);
        assert_eq!(follow(&chain(MOST_HOPS), 0), Trail::Ends);
        assert_eq!(follow(&chain(MOST_HOPS + 1), 0), Trail::TooLong);
        assert_eq!(follow(&chain(MOST_HOPS + 1), 1), Trail::Ends);
    }

    #[test]
    fn a_circle_is_found_from_inside_and_from_outside() {
        let mut edges = chain(3);
        edges.insert(place(3), place(1));
        for from in 0..=3 {
            assert_eq!(follow(&edges, from), Trail::Circle, "{from}");
        }
        assert_eq!(
            follow(&HashMap::from([(place(5), place(5))]), 5),
            Trail::Circle
        );
    }

    proptest! {
        #[test]
        fn what_ends_is_at_its_end_after_ten_redirects(
            edges in proptest::collection::hash_map(0_usize..40, 0_usize..40, 0..40),
            from in 0_usize..40,
        ) {
            let places: HashMap<Place, Place> =
                edges.iter().map(|(from, to)| (place(*from), place(*to))).collect();
            // The same by walking on and on.
            let mut here = from;
            let mut hops = 0;
            while let Some(there) = edges.get(&here) {
                here = *there;
                hops += 1;
                if hops > 100 {
                    break;
                }
            }
            let told = follow(&places, from);
            prop_assert_eq!(told == Trail::Ends, hops <= MOST_HOPS);
            if told == Trail::Circle {
                prop_assert!(hops > 100);
            }
        }
    }
}
