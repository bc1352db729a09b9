//! Where a request comes from: the other end of the connection, or, behind proxies that are trusted,
//! whom they name.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Once},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;
use tracing::warn;

/// The header in which proxies keep a list of addresses since before there was a standard.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whom to believe about the address of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressOptions {
    /// The networks of proxies that are believed. None: nobody is.
    pub trusted_proxies: Vec<IpNet>,
    /// Where they say whom they speak for.
    pub header: AddressHeader,
}

/// The header that names the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AddressHeader {
    /// None: the client is the other end of the connection.
    #[default]
    None,
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The address of the client of a request; `None` where there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

/// Marks a request whose address is that of a proxy nobody has named: many people have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SharedAddress;

/// A layer that finds the address once for all that ask.
pub(crate) async fn find(
    State(options): State<Arc<AddressOptions>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| options.client(peer, request.headers()));
    if peer.is_some_and(|peer| options.is_unnamed_proxy(peer, request.headers())) {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            warn!("requests come through a proxy that is not configured, so that all clients seem to have its address: set server.trusted_proxies and server.address_header. Until then attempts to sign in are not limited by address");
        });
        request.extensions_mut().insert(SharedAddress);
    }
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

impl AddressOptions {
    /// The client: the last address that is named and is not a proxy of ours. What stands before it
    /// anybody may have written. Where something else than an address stands, only the connection is
    /// certain.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let (name, read): (_, fn(&str) -> Option<IpAddr>) = match self.header {
            AddressHeader::None => return peer,
            AddressHeader::XForwardedFor => (X_FORWARDED_FOR, address),
            AddressHeader::Forwarded => (header::FORWARDED, forwarded_for),
        };
        let mut client = peer;
        let lines: Vec<_> = headers.get_all(name).iter().collect();
        for line in lines.into_iter().rev() {
            let Ok(line) = line.to_str() else { return peer };
            for hop in from_the_right(line, ',') {
                let Some(hop) = read(hop) else { return peer };
                client = hop;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }

    /// Whether a request has come through a proxy beside us, while none is configured: the other end is
    /// of a network of our own, and says that it speaks for somebody. That can be a lie of who comes
    /// through a proxy which adds no header: it opens a wider limit, not none.
    fn is_unnamed_proxy(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.header == AddressHeader::None
            && is_beside_us(peer.to_canonical())
            && (headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// Whether an address is of this machine or of a network that is reached from beside it only.
fn is_beside_us(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// The parts of a line, the last first; a separator within quotation marks is none. What a proxy adds
/// at the right is read before whatever somebody may have left open at the left.
fn from_the_right(line: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut is_quoted = false;
        let cut = text.char_indices().rev().find(|(_, sign)| {
            is_quoted ^= *sign == '"';
            *sign == separator && !is_quoted
        });
        let (before, part) = match cut {
            Some((at, _)) => (
                text.get(..at),
                text.get(at + separator.len_utf8()..).unwrap_or_default(),
            ),
            None => (None, text),
        };
        rest = before;
        Some(part)
    })
}

/// `192.0.2.1`, `192.0.2.1:47011`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:47011`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let address = match bare.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => text.parse::<SocketAddr>().ok()?.ip(),
    };
    Some(address.to_canonical())
}

/// The address in `for=` of one element of `Forwarded`; none for names that hide one.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut named = from_the_right(element, ';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim())
    });
    let value = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    address(quoted.unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(header: AddressHeader, peer: &str, lines: &[&str]) -> String {
        let options = AddressOptions {
            trusted_proxies: ["10.0.0.0/8", "2001:db8:f::/48"]
                .map(|network| network.parse().unwrap())
                .to_vec(),
            header,
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            for name in [X_FORWARDED_FOR, header::FORWARDED] {
                headers.append(name, HeaderValue::from_str(line).unwrap());
            }
        }
        options.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_unless_the_configuration_says_so() {
        let from = |header, peer| client(header, peer, &["198.51.100.7"]);
        assert_eq!(from(AddressHeader::None, "10.0.0.1"), "10.0.0.1");
        assert_eq!(from(AddressHeader::XForwardedFor, "192.0.2.1"), "192.0.2.1");
        let mapped = from(AddressHeader::XForwardedFor, "::ffff:10.0.0.1");
        assert_eq!(mapped, "198.51.100.7");
    }

    #[test]
    fn a_proxy_nobody_has_named_is_told_by_where_it_is_and_what_it_says() {
        let none = AddressOptions::default();
        let mut headers = HeaderMap::new();
        let is_proxy = |options: &AddressOptions, peer: &str, headers: &HeaderMap| {
            options.is_unnamed_proxy(peer.parse().unwrap(), headers)
        };
        assert!(!is_proxy(&none, "10.0.0.1", &headers));
        headers.insert(X_FORWARDED_FOR, HeaderValue::from_static("198.51.100.7"));
        for peer in [
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "fd00::7",
            "::ffff:192.168.0.1",
        ] {
            assert!(is_proxy(&none, peer, &headers), "{peer}");
        }
        for peer in ["198.51.100.8", "2001:db8::7"] {
            assert!(!is_proxy(&none, peer, &headers), "{peer}");
        }
        let named = AddressOptions {
            header: AddressHeader::XForwardedFor,
            ..AddressOptions::default()
        };
        assert!(!is_proxy(&named, "10.0.0.1", &headers));
    }

    #[test]
    fn the_client_is_the_last_who_is_no_proxy_of_ours() {
        let of = |lines: &[&str]| client(AddressHeader::XForwardedFor, "10.0.0.1", lines);
        assert_eq!(of(&[]), "10.0.0.1");
        assert_eq!(of(&["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(of(&["203.0.113.9, 198.51.100.7, 10.1.2.3"]), "198.51.100.7");
        assert_eq!(
            of(&["203.0.113.9", "198.51.100.7", "10.1.2.3"]),
            "198.51.100.7"
        );
        assert_eq!(of(&["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(of(&["[2001:db8::7]:4711, 2001:db8:f::1"]), "2001:db8::7");
        assert_eq!(of(&["::ffff:198.51.100.7"]), "198.51.100.7");
        assert_eq!(of(&["10.9.9.9, 10.1.2.3"]), "10.9.9.9");
    }

    #[test]
    fn what_is_no_address_is_not_believed() {
        let of = |lines: &[&str]| client(AddressHeader::XForwardedFor, "10.0.0.1", lines);
        for garbage in ["", "unknown", "198.51.100.7,", "198.51.100.7;", "1.2.3"] {
            assert_eq!(of(&[garbage]), "10.0.0.1", "{garbage}");
        }
        // What stands further left was never looked at.
        assert_eq!(of(&["unknown, 198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotation_marks() {
        let of = |lines: &[&str]| client(AddressHeader::Forwarded, "10.0.0.1", lines);
        assert_eq!(
            of(&["for=198.51.100.7;proto=https;by=10.0.0.1"]),
            "198.51.100.7"
        );
        assert_eq!(
            of(&["proto=https; For=\"198.51.100.7:4711\""]),
            "198.51.100.7"
        );
        let two = "for=\"[2001:db8::7]:4711\", for=\"[2001:db8:f::1]\";by=\"a, b; c\"";
        assert_eq!(of(&[two]), "2001:db8::7");
        // A quotation mark left open does not swallow what the proxy adds.
        assert_eq!(of(&["for=\", for=198.51.100.7"]), "198.51.100.7");
        for hidden in [
            "for=unknown",
            "for=_secret",
            "by=198.51.100.7",
            "for=1.2.3.4;for=1.2.3.5",
        ] {
            assert_eq!(of(&[hidden]), "10.0.0.1", "{hidden}");
        }
    }
}
