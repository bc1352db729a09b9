//! Bounds the time until a connection has shown which version of HTTP it speaks: hyper's own
//! timeout for heads begins only after that.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection with a deadline that ends when its first bytes tell the version.
pub(super) struct Opening<T> {
    inner: T,
    /// The deadline, and how much of the preface has arrived.
    waiting: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<T> Opening<T> {
    pub(super) fn new(inner: T, timeout: Duration) -> Self {
        Self {
            inner,
            waiting: Some((Box::pin(sleep(timeout)), 0)),
        }
    }

    /// Takes note of what arrived.
    fn saw(&mut self, bytes: &[u8]) {
        let Some((_, seen)) = &mut self.waiting else {
            return;
        };
        let expected = PREFACE.get(*seen..).unwrap_or_default();
        let known = !expected.starts_with(bytes) || expected.len() == bytes.len();
        *seen += bytes.len();
        if known {
            self.waiting = None;
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Opening<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.inner).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                if self.waiting.is_some() {
                    let arrived = buf.filled().get(before..).unwrap_or_default();
                    self.saw(arrived);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => match &mut self.waiting {
                Some((deadline, _)) => deadline
                    .as_mut()
                    .poll(cx)
                    .map(|()| Err(io::ErrorKind::TimedOut.into())),
                None => Poll::Pending,
            },
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Opening<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_is_cut_off() {
        let (_client, server) = tokio::io::duplex(64);
        let mut server = Opening::new(server, LIMIT);
        assert_eq!(
            server.read_u8().await.unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_within_the_preface_is_cut_off() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = Opening::new(server, LIMIT);
        client.write_all(b"PRI * ").await.unwrap();
        let mut some = [0; 6];
        server.read_exact(&mut some).await.unwrap();
        assert_eq!(
            server.read_u8().await.unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_with_either_version() {
        for first in [b"GET / HTTP/1.1".as_slice(), b"P", b"POST", PREFACE] {
            let (mut client, server) = tokio::io::duplex(64);
            let mut server = Opening::new(server, LIMIT);
            client.write_all(first).await.unwrap();
            let mut some = vec![0; first.len()];
            server.read_exact(&mut some).await.unwrap();
            // A lone `P` may still become the preface.
            assert_eq!(server.waiting.is_some(), first == b"P");
        }
    }
}
