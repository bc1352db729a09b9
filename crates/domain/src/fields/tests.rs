//! What values fit, the form they are kept in, and what is told of those that do not.

use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::*;

fn field(name: &str, kind: FieldType) -> FieldDefinition {
    FieldDefinition {
        name: name.to_owned(),
        kind,
        is_list: false,
        is_required: false,
        editions: Vec::new(),
        is_filterable: true,
        description: None,
    }
}

fn model(fields: Vec<FieldDefinition>) -> ContentModel {
    let fields = fields.into_iter().map(|field| (RecordKind::Article, field));
    ContentModel::new(fields).unwrap()
}

fn of_all_types() -> ContentModel {
    let choices = ["warm", "cold"].map(str::to_owned).to_vec();
    model(vec![
        field("text", FieldType::Text),
        field("number", FieldType::Number),
        field("boolean", FieldType::Boolean),
        field("date", FieldType::Date),
        field("url", FieldType::Url),
        field("choice", FieldType::Choice(choices)),
        field("author", FieldType::Reference(RecordKind::Author)),
        FieldDefinition {
            is_list: true,
            ..field("numbers", FieldType::Number)
        },
    ])
}

/// The values as they are kept, or the places of what is wrong.
fn checked(values: Value) -> std::result::Result<CustomFields, Vec<String>> {
    let Value::Object(values) = values else {
        panic!("no object");
    };
    let mut values: CustomFields = values.into_iter().collect();
    let mut faults = Faults::default();
    of_all_types().check_change(RecordKind::Article, Some("en"), &mut values, &mut faults);
    match faults.check() {
        Ok(()) => Ok(values),
        Err(error) => Err(error
            .fields()
            .iter()
            .map(|wrong| wrong.field.clone())
            .collect()),
    }
}

#[test]
fn values_that_fit_are_kept_in_one_form() {
    let kept = checked(json!({
        "text": "as it is ", "number": 5.0, "boolean": true, "date": "2026-02-28",
        "url": "https://example.org/a?b", "choice": "warm", "numbers": [1, 2.5, -0.0],
        "author": "author_01h455vb4pex5vsknk084sn02q",
    }))
    .unwrap();
    assert_eq!(kept["number"], json!(5));
    assert_eq!(kept["numbers"], json!([1, 2.5, 0]));
    assert_eq!(kept["text"], json!("as it is "));
}

#[test]
fn blank_texts_and_empty_lists_are_no_values() {
    let kept = checked(json!({ "text": " ", "numbers": [], "number": null })).unwrap();
    assert!(kept.values().all(Value::is_null), "{kept:?}");
}

#[test]
fn everything_that_does_not_fit_is_named_at_once() {
    let wrong = checked(json!({
        "text": 1, "number": "5", "boolean": 0, "date": "2026-02-30", "url": "ftp://example.org",
        "choice": "hot", "author": "tag_01h455vb4pex5vsknk084sn02q", "numbers": [1, "2", null],
        "unknown": 1,
    }))
    .unwrap_err();
    let expected = [
        "author",
        "boolean",
        "choice",
        "date",
        "number",
        "numbers.1",
        "numbers.2",
        "text",
        "unknown",
        "url",
    ];
    assert_eq!(wrong, expected.map(|name| format!("customFields.{name}")));
    for date in ["2026-2-1", "20260201", "02026-02-01", "2026-13-01"] {
        assert!(checked(json!({ "date": date })).is_err(), "{date}");
    }
    for number in [json!(9_007_199_254_740_992_i64), json!(1e300)] {
        assert!(checked(json!({ "number": number })).is_err(), "{number}");
    }
    assert!(
        checked(json!({ "text": "a".repeat(501) })).is_err(),
        "it is filterable"
    );
}

#[test]
fn a_field_of_other_editions_is_none_of_this_one() {
    let model = model(vec![FieldDefinition {
        editions: vec!["fa".to_owned()],
        is_required: true,
        ..field("number", FieldType::Number)
    }]);
    let kind = RecordKind::Article;
    let mut values = CustomFields::from([("number".to_owned(), json!(1))]);
    let mut faults = Faults::default();
    model.check_change(kind, Some("en"), &mut values, &mut faults);
    assert!(!faults.is_empty());
    assert!(model.served(kind, Some("en"), &values).is_empty());
    assert_eq!(model.served(kind, Some("fa"), &values)["number"], json!(1));
    let missing = |edition| {
        let mut faults = Faults::default();
        model.check_values((kind, edition), &CustomFields::new(), true, &mut faults);
        !faults.is_empty()
    };
    assert!(missing(Some("fa")) && !missing(Some("en")));
}

#[test]
fn what_does_not_fit_any_longer_is_served_as_nothing() {
    let values = CustomFields::from([
        ("number".to_owned(), json!("five")),
        ("gone".to_owned(), json!(1)),
    ]);
    let served = of_all_types().served(RecordKind::Article, Some("en"), &values);
    assert_eq!(served["number"], Value::Null);
    assert!(!served.contains_key("gone"));
}

#[test]
fn what_is_wrong_with_a_declaration_is_named_by_its_setting() {
    let wrong = |field: FieldDefinition| {
        let error = ContentModel::new([(RecordKind::Page, field)]).unwrap_err();
        error.fields()[0].field.clone()
    };
    assert_eq!(
        wrong(field("Number", FieldType::Number)),
        "fields.page.Number"
    );
    assert_eq!(
        wrong(field("mood", FieldType::Choice(Vec::new()))),
        "fields.page.mood.choices"
    );
    let twice = ["a", "a"].map(str::to_owned).to_vec();
    assert_eq!(
        wrong(field("mood", FieldType::Choice(twice))),
        "fields.page.mood.choices"
    );
    assert_eq!(
        wrong(field("menu", FieldType::Reference(RecordKind::Menu))),
        "fields.page.menu.kind"
    );
    let foreign = FieldDefinition {
        editions: vec!["?".to_owned()],
        ..field("text", FieldType::Text)
    };
    assert_eq!(wrong(foreign), "fields.page.text.editions");
}

#[test]
fn the_fingerprint_follows_what_is_indexed_and_nothing_else() {
    let plain = FieldDefinition {
        is_filterable: false,
        ..field("text", FieldType::Text)
    };
    let described = FieldDefinition {
        description: Some("A text.".to_owned()),
        ..field("text", FieldType::Text)
    };
    let of = |field| model(vec![field]).fingerprint();
    assert_eq!(of(plain), ContentModel::default().fingerprint());
    assert_eq!(of(described), of(field("text", FieldType::Text)));
    assert_ne!(
        of(field("text", FieldType::Url)),
        of(field("text", FieldType::Text))
    );
}

#[test]
fn conditions_are_on_filterable_fields_and_of_their_types() {
    let condition = |name: &str, set: fn(&mut FieldCondition)| {
        let mut condition = FieldCondition {
            name: name.to_owned(),
            ..FieldCondition::default()
        };
        set(&mut condition);
        of_all_types().condition(RecordKind::Article, condition)
    };
    let member = |name, set| condition(name, set).unwrap_err()[0].0;
    assert!(condition("number", |on| on.gte = Some(json!(1))).is_ok());
    assert_eq!(member("number", |on| on.eq = Some(json!("1"))), "eq");
    assert_eq!(member("text", |on| on.gte = Some(json!("a"))), "gte");
    assert_eq!(member("gone", |on| on.eq = Some(json!(1))), "name");
    assert_eq!(member("number", |_| {}), "name");
    assert_eq!(member("number", |on| on.any_of = Some(Vec::new())), "in");
}

proptest! {
    #[test]
    fn keys_sort_as_numbers_do(a in -9e15_f64..9e15, b in -9e15_f64..9e15, small in -3_i32..3) {
        let number = field("number", FieldType::Number);
        let key = |value: Value| number.key(&value).unwrap();
        prop_assert_eq!(a < b, key(json!(a)) < key(json!(b)));
        let same = f64::from(small);
        prop_assert_eq!(key(json!(small)), key(json!(same)));
    }

    #[test]
    fn whatever_is_sent_is_kept_or_named(text in any::<String>(), number in any::<f64>()) {
        for value in [json!(text), json!(number), json!([text]), json!({ "a": text })] {
            for name in ["text", "number", "boolean", "date", "url", "choice", "author", "numbers"] {
                let kept = checked(json!({ name: value.clone() }));
                if let Ok(kept) = kept {
                    // What is kept is kept again as it is.
                    prop_assert_eq!(checked(json!(kept.clone())).unwrap(), kept);
                }
            }
        }
    }

    #[test]
    fn keys_sort_as_days_and_texts_do(
        (a, b) in ((0_u32..3000, 1_u32..13, 1_u32..29), (0_u32..3000, 1_u32..13, 1_u32..29)),
        (one, other) in ("[a-zA-Z0-9 آ-ی]{1,600}", "[a-zA-Z0-9 آ-ی]{1,600}"),
    ) {
        let date = field("date", FieldType::Date);
        let day = |(year, month, day): (u32, u32, u32)| {
            date.key(&json!(format!("{year:04}-{month:02}-{day:02}"))).unwrap()
        };
        prop_assert_eq!(a.cmp(&b), day(a).cmp(&day(b)));
        let text = field("text", FieldType::Text);
        if let (Some(key), Some(known)) = (text.key(&json!(one)), text.key(&json!(other))) {
            let normal = |text: &str| text.nfc().collect::<String>();
            prop_assert_eq!(normal(&one).cmp(&normal(&other)), key.cmp(&known));
        }
    }

    #[test]
    fn nothing_that_is_stored_is_too_much_for_a_reader(values in wild()) {
        let (model, kind) = (of_all_types(), RecordKind::Author);
        let fields = model.fields(RecordKind::Article).cloned();
        let model = ContentModel::new(fields.map(|field| (kind, field))).unwrap();
        let names = ["text", "number", "boolean", "date", "url", "choice", "author", "numbers"];
        let stored: CustomFields = names
            .iter()
            .zip(values)
            .map(|(name, value)| ((*name).to_owned(), value))
            .collect();
        let served = model.served(kind, None, &stored);
        prop_assert_eq!(served.len(), names.len());
        for indexed in model.index(kind, None, &served) {
            prop_assert!(!served[&indexed.name].is_null());
        }
        let _ = (model.index(kind, None, &stored), model.references(kind, &stored));
        let mut sent = stored.clone();
        let mut faults = Faults::default();
        model.check_change(kind, None, &mut sent, &mut faults);
        if faults.is_empty() {
            // What is accepted is served as it is kept.
            prop_assert_eq!(model.served(kind, None, &sent), sent);
        }
        for (name, value) in stored {
            let condition = FieldCondition { name, eq: Some(value), ..FieldCondition::default() };
            let _ = model.condition(kind, condition);
        }
    }
}

/// Values of any shape.
fn wild() -> impl Strategy<Value = Vec<Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        "https?://[a-z.]{0,20}".prop_map(Value::from),
        "author_[0-9a-z]{26}".prop_map(Value::from),
        Just(json!("warm")),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,5}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::vec(value, 8)
}
