//! A server of mail on loopback: speaks SMTP, keeps what it is sent.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// One mail as it came over the wire.
#[derive(Debug, Clone)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub text: String,
}

impl Letter {
    /// A header; the first of its name.
    pub fn header(&self, name: &str) -> &str {
        let (head, _) = self.text.split_once("\r\n\r\n").unwrap();
        let line = head.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_once(": ").unwrap().1
    }

    /// The token of the link in it.
    pub fn token(&self) -> String {
        // Long lines are broken, and `=` is written out (RFC 2045, section 6.7).
        let plain = self.text.replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = plain.split_once("?token=").expect("a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// The server, for as long as the test's runtime.
#[derive(Debug, Clone)]
pub struct PostOffice {
    pub url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    answer: Arc<AtomicU16>,
}

impl PostOffice {
    /// Opens it.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            letters: Arc::default(),
            answer: Arc::new(AtomicU16::new(250)),
        };
        let counter = office.clone();
        #[expect(
            clippy::disallowed_methods,
            reason = "it serves beside the test and ends with its runtime"
        )]
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let counter = counter.clone();
                tokio::spawn(async move { counter.serve(stream).await });
            }
        });
        office
    }

    /// What it says of every recipient from now on: 250, or what is wrong.
    pub fn answer(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// All it was sent.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 post.example ESMTP\r\n").await.ok()?;
        let (mut from, mut to) = (String::new(), String::new());
        while let Some(line) = lines.next_line().await.ok()? {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-post.example\r\n250 8BITMIME\r\n".to_owned(),
                "MAIL" => {
                    from.clone_from(&line);
                    "250 ok\r\n".to_owned()
                }
                "RCPT" => {
                    to.clone_from(&line);
                    format!("{} {line}\r\n", self.answer.load(Ordering::SeqCst))
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".")
                    {
                        text.push_str(line.strip_prefix('.').unwrap_or(&line));
                        text.push_str("\r\n");
                    }
                    let (from, to) = (from.clone(), to.clone());
                    self.letters.lock().unwrap().push(Letter { from, to, text });
                    "250 taken\r\n".to_owned()
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return None;
                }
                "RSET" | "NOOP" => "250 ok\r\n".to_owned(),
                _ => "502 what\r\n".to_owned(),
            };
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        None
    }
}
