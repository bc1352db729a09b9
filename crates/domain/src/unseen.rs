//! Lists that are sent back by somebody who saw only a part of them.

/// The new list with what its sender could not see of the old one: each such item stands after the
/// one it stood after. What the new list names itself stands where it is named. What stands several
/// times is the same as often as both lists have it. Each item comes with the old one it is, if it is
/// one.
pub fn keep_unseen<T: Clone>(
    old: &[T],
    new: Vec<T>,
    is_unseen: impl Fn(&T) -> bool,
    is_same: impl Fn(&T, &T) -> bool,
) -> Vec<(T, Option<&T>)> {
    let mut kept: Vec<_> = new.into_iter().map(|item| (item, None)).collect();
    let mut place = 0;
    for item in old {
        let mut found = kept.iter_mut().enumerate();
        let found = found.find(|(_, (known, is))| is.is_none() && is_same(item, known));
        if let Some((number, (_, is))) = found {
            *is = Some(item);
            place = number + 1;
        } else if is_unseen(item) {
            kept.insert(place, (item.clone(), Some(item)));
            place += 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::keep_unseen;

    /// Capital letters are not seen.
    fn kept(old: &str, new: &str) -> String {
        let old: Vec<char> = old.chars().collect();
        let unseen = |letter: &char| letter.is_uppercase();
        keep_unseen(&old, new.chars().collect(), unseen, |a, b| a == b)
            .into_iter()
            .map(|(letter, _)| letter)
            .collect()
    }

    #[test]
    fn what_was_not_seen_stays_where_it_stood() {
        assert_eq!(kept("AbCDe", "be"), "AbCDe");
        assert_eq!(
            kept("AbCDe", "eb"),
            "AebCD",
            "it follows what it stood after"
        );
        assert_eq!(kept("AbCe", "e"), "ACe", "what it stood after is gone");
        assert_eq!(kept("bC", "Cb"), "Cb", "whoever knows it may move it");
        assert_eq!(kept("bC", "xby"), "xbCy");
        assert_eq!(kept("BC", ""), "BC");
        assert_eq!(kept("AbAc", "bc"), "AbAc", "twice there, twice kept");
        assert_eq!(kept("bbC", "bb"), "bbC");
        assert_eq!(kept("bCb", "bb"), "bCb");
    }
}
