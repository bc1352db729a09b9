//! Tests of what is counted, with a clock that is moved by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;

use super::*;

/// A clock that moves when told to.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn elapsed(&self) -> Elapsed {
        let hand = self.clone();
        Elapsed::new(move || {
            DateTime::from_timestamp(1_800_000_000 + hand.0.load(Ordering::Relaxed), 0).unwrap()
        })
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn options() -> RateLimitOptions {
    RateLimitOptions {
        enabled: true,
        requests_per_minute: number(60),
        address_requests_per_minute: number(300),
        sign_in_per_minute: number(6),
        reset_per_minute: number(3),
        comments_per_minute: number(2),
    }
}

fn address(number: u32) -> IpAddr {
    IpAddr::V4(number.into())
}

fn seconds(result: Result<()>) -> u64 {
    match result {
        Ok(()) => 0,
        Err(Error::RateLimited {
            retry_after_seconds,
        }) => retry_after_seconds,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_bucket_is_emptied_and_fills_evenly() {
    let hand = Hand::default();
    let limits = RateLimits::by_clock(hand.elapsed(), options());
    let spend = |cost| seconds(limits.allowance(Some(address(1)), false).spend(cost));
    assert_eq!((spend(50), spend(10)), (0, 0));
    assert_eq!(spend(1), 1);
    assert_eq!(spend(30), 30);
    hand.advance(10);
    assert_eq!((spend(10), spend(1)), (0, 1));
    // Another address has its own.
    assert_eq!(
        seconds(limits.allowance(Some(address(2)), false).spend(60)),
        0
    );
    hand.advance(3600);
    assert_eq!((spend(60), spend(1)), (0, 1));
}

#[test]
fn what_costs_more_than_there_is_takes_all_of_it() {
    let limits = RateLimits::by_clock(Hand::default().elapsed(), options());
    let spend = |cost| seconds(limits.allowance(Some(address(1)), false).spend(cost));
    assert_eq!(spend(1_000), 0);
    assert_eq!(spend(1), 1);
}

#[test]
fn what_has_a_limit_of_its_own_is_counted_apart() {
    let limits = RateLimits::by_clock(Hand::default().elapsed(), options());
    let attempt = |policy| seconds(limits.allowance(Some(address(1)), false).attempt(policy));
    assert_eq!(
        [(); 3].map(|()| attempt(Policy::Comments)),
        [0, 0, 30],
        "two in a minute"
    );
    assert_eq!(attempt(Policy::Reset), 0);
    assert_eq!(
        seconds(limits.allowance(Some(address(1)), false).spend(60)),
        0
    );
}

#[test]
fn an_address_of_many_people_has_a_wider_limit_and_not_none() {
    let limits = RateLimits::by_clock(Hand::default().elapsed(), options());
    let attempt = |is_shared| {
        let allowance = limits.allowance(Some(address(1)), is_shared);
        seconds(allowance.attempt(Policy::SignIn))
    };
    let quota = usize::try_from(options().sign_in_per_minute.get()).unwrap();
    let taken = |is_shared| (0..1_000).take_while(|_| attempt(is_shared) == 0).count();
    assert_eq!(taken(false), quota);
    assert_eq!(taken(true), 10 * quota);
}

#[test]
fn a_network_of_ipv6_is_one_client() {
    let limits = RateLimits::by_clock(Hand::default().elapsed(), options());
    let spend = |text: &str| seconds(limits.allowance(text.parse().ok(), false).spend(60));
    assert_eq!(spend("2001:db8:0:1::1"), 0);
    assert!(spend("2001:db8:0:1:ffff::2") > 0);
    assert_eq!(spend("2001:db8:0:2::1"), 0);
    assert_eq!(spend("192.0.2.1"), 0);
    assert!(spend("::ffff:192.0.2.1") > 0);
}

#[test]
fn the_headers_tell_how_every_policy_stands() {
    let limits = RateLimits::by_clock(Hand::default().elapsed(), options());
    let allowance = limits.allowance(Some(address(1)), false);
    allowance.arrive().unwrap();
    allowance.spend(1).unwrap();
    allowance.spend(2).unwrap();
    let mut headers = HeaderMap::new();
    allowance.tell(&mut headers);
    assert_eq!(
        headers[RATE_LIMIT_POLICY],
        "\"address\";q=300;w=60, \"default\";q=60;w=60"
    );
    assert_eq!(
        headers[RATE_LIMIT],
        "\"address\";r=299;t=1, \"default\";r=57;t=3"
    );
    let mut headers = HeaderMap::new();
    limits.allowance(None, false).tell(&mut headers);
    assert!(headers.is_empty());
}

#[test]
fn keys_have_quotas_of_their_own() {
    let hand = Hand::default();
    let keys = KeyBuckets::new(hand.elapsed());
    let spend = |quota, key: u32, cost| {
        keys.charge(number(quota), &key, number(cost))
            .map_err(|refused| refused.seconds)
            .map(|level| level.left)
    };
    assert_eq!(spend(10, 1, 4), Ok(6));
    assert_eq!(spend(10, 2, 10), Ok(0));
    assert_eq!(spend(10, 2, 1), Err(6));
    assert_eq!(spend(600, 1, 1), Ok(599));
    assert_eq!(spend(10, 1, 1), Ok(5));
}

#[test]
fn what_is_full_again_takes_no_memory() {
    let hand = Hand::default();
    let buckets = Buckets::new(number(60), hand.elapsed());
    for key in 0..10_000_u32 {
        buckets.charge(&key, NonZeroU32::MIN).unwrap();
    }
    assert_eq!(buckets.len(), 10_000);
    hand.advance(61);
    buckets.charge(&0, NonZeroU32::MIN).unwrap();
    assert!(buckets.len() <= 1, "{}", buckets.len());
    // However many there are in one minute, they are looked through before they are too many.
    for key in 0..250_000_u32 {
        if key % 1_000 == 0 {
            hand.advance(2);
        }
        buckets.charge(&key, NonZeroU32::MIN).unwrap();
    }
    assert!(buckets.len() < 110_000, "{}", buckets.len());
}

#[test]
fn a_clock_that_is_set_back_stops_nobody() {
    let hand = Hand::default();
    let limits = RateLimits::by_clock(hand.elapsed(), options());
    let spend = |cost| seconds(limits.allowance(Some(address(1)), false).spend(cost));
    assert_eq!(spend(60), 0);
    hand.advance(-3_600);
    assert_eq!(spend(1), 1);
    hand.advance(5);
    assert_eq!(spend(5), 0);
}
