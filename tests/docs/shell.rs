//! Reads the few lines of shell that examples are written in.

use reqwest::Method;

use super::blocks::Request;

/// The commands of a block as words, without the settings of variables before them and without
/// what they are piped into.
pub fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut is_piped = false;
    let mut chars = text.chars().peekable();
    let end_word = |word: &mut Option<String>, commands: &mut Vec<Vec<String>>, is_piped: bool| {
        let Some(word) = word.take() else { return };
        let command = commands.last_mut().unwrap();
        let is_setting = command.is_empty()
            && word
                .split_once('=')
                .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        if !is_piped && !is_setting {
            command.push(word);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '\'' => word
                .get_or_insert_default()
                .extend(chars.by_ref().take_while(|c| *c != '\'')),
            '"' => word
                .get_or_insert_default()
                .extend(chars.by_ref().take_while(|c| *c != '"')),
            '\\' if chars.peek() == Some(&'\n') => {
                chars.next();
            }
            '#' if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            '\n' => {
                end_word(&mut word, &mut commands, is_piped);
                commands.push(Vec::new());
                is_piped = false;
            }
            '|' => {
                end_word(&mut word, &mut commands, is_piped);
                is_piped = true;
            }
            c if c.is_whitespace() => end_word(&mut word, &mut commands, is_piped),
            c => word.get_or_insert_default().push(c),
        }
    }
    end_word(&mut word, &mut commands, is_piped);
    commands.retain(|command| !command.is_empty());
    commands
}

/// What a call of curl asks the server at `address`.
pub fn request(words: &[&str], address: &str) -> Result<Request, String> {
    let mut request = Request::get("");
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let mut next = || {
            words
                .next()
                .copied()
                .ok_or_else(|| format!("curl: {word} needs a value"))
        };
        match *word {
            "-H" => {
                let (name, value) = next()?
                    .split_once(": ")
                    .ok_or("curl: a header is `Name: value`")?;
                request.headers.push((name.to_owned(), value.to_owned()));
            }
            "-d" => {
                request.body = Some(next()?.to_owned());
                request.is_success_enough = true;
                request.method = Method::POST;
            }
            "-I" => request.method = Method::HEAD,
            "-s" | "-g" | "-sg" | "-si" | "-i" => {}
            word => match word.strip_prefix(address) {
                Some(path) => path.clone_into(&mut request.path),
                None => return Err(format!("curl: `{word}` is nothing the examples use")),
            },
        }
    }
    Ok(request)
}

#[test]
fn words_are_split_as_a_shell_does() {
    let found = commands("A_B=1 curl -s 'x y' \\\n  -d '{\n}' | jq . # note\nmake run  # more\n");
    assert_eq!(
        found,
        [vec!["curl", "-s", "x y", "-d", "{\n}"], vec!["make", "run"]]
    );
}

#[test]
fn curl_becomes_a_request() {
    let request = request(
        &["curl", "-s", "http://h/a", "-H", "A: b", "-d", "{}"],
        "http://h",
    )
    .unwrap();
    assert_eq!(
        (request.method, request.path.as_str(), request.headers.len()),
        (Method::POST, "/a", 1)
    );
}
