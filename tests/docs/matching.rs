//! Compares what a page shows with what was answered: a page may show less, and `…` is anything.

use serde_json::Value;

/// What of the expected value is not in the answer.
pub fn differences(expected: &Value, answer: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expected, answer, "", &mut found);
    found
}

fn compare(expected: &Value, answer: &Value, place: &str, found: &mut Vec<String>) {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            for (name, value) in expected {
                let place = format!("{place}/{name}");
                match answer.get(name) {
                    Some(answer) => compare(value, answer, &place, found),
                    None => found.push(format!("{place} is not in the answer")),
                }
            }
        }
        (Value::Array(expected), Value::Array(answer)) => {
            if expected.len() > answer.len() {
                found.push(format!(
                    "{place} has {} items in the answer, not {}",
                    answer.len(),
                    expected.len()
                ));
            }
            for (number, (expected, answer)) in expected.iter().zip(answer).enumerate() {
                compare(expected, answer, &format!("{place}/{number}"), found);
            }
        }
        (Value::String(expected), Value::String(answer)) if fits(expected, answer) => {}
        _ if expected == answer => {}
        _ => found.push(format!("{place} is {answer}, not {expected}")),
    }
}

/// The first line of `expected` that does not stand in `text` behind the lines before it.
pub fn first_missing_line<'a>(expected: &'a str, text: &str) -> Option<&'a str> {
    let mut lines = text.lines().map(str::trim);
    expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .find(|wanted| !lines.any(|line| fits(wanted, line)))
}

/// Whether a text is as a pattern says, in which `…` is anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('…') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('…').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
}

#[test]
fn an_answer_may_hold_more() {
    let answer = serde_json::json!({"a": [{"b": "one two", "c": 1}, 2], "d": null});
    assert!(differences(&serde_json::json!({"a": [{"b": "one…"}]}), &answer).is_empty());
    let wrong = serde_json::json!({"a": [{"b": "…x"}, 2, 3], "e": 1});
    assert_eq!(differences(&wrong, &answer).len(), 3);
}

#[test]
fn lines_stand_in_their_order() {
    assert_eq!(first_missing_line("a\n c…d\n", "x\na\nb\nc-d\n"), None);
    assert_eq!(first_missing_line("b\na", "a\nb\n"), Some("a"));
}
