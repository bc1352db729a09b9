//! Links that are sent to people: to a new password, to a confirmed address. Over real SMTP.

use std::time::Duration;

use application::{auth, mails::MailOptions, worker::Handlers};
use domain::{
    access::Role,
    users::{Email, Password},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    FACES, Face, TestServer,
    people::PASSWORD,
    post_office::{Letter, PostOffice},
    work::DEAF,
};

struct Site {
    server: TestServer,
    office: PostOffice,
}

impl Site {
    async fn new() -> Self {
        let server = TestServer::start().await;
        server.small_site().await;
        let office = PostOffice::open().await;
        Self { server, office }
    }

    /// Does the jobs as a server that is set up to send mail does them.
    async fn work(&self) {
        let mut config = server::Config::defaults().unwrap();
        config.mail.url.clone_from(&self.office.url);
        "Gazette <post@gazette.example>".clone_into(&mut config.mail.from);
        "https://gazette.example/new-password".clone_into(&mut config.mail.reset_url);
        "https://gazette.example/confirm".clone_into(&mut config.mail.confirm_url);
        config.check().unwrap();
        let options = server::mail_options(&config).unwrap();
        let handlers = Handlers::standard().unwrap().with_mail(&options);
        let worker = self.server.worker(handlers, DEAF);
        worker.run_due().await.unwrap();
    }

    async fn request(&self, face: Face, email: &str) -> (u16, Value) {
        let input = json!({ "email": email });
        match face {
            Face::Rest => {
                let path = "/api/v1/auth/password-reset";
                let request = self.server.request(Method::POST, path).json(&input);
                let answer = self.server.send(request).await;
                (answer.status, Value::Null)
            }
            Face::Graphql => {
                let query = "mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { userErrors { code } } }";
                let input = json!({ "input": input });
                (202, self.server.graphql_raw(query, input).await)
            }
        }
    }

    async fn reset(&self, face: Face, token: &str, password: &str) -> bool {
        let input = json!({ "token": token, "password": password });
        match face {
            Face::Rest => {
                let path = "/api/v1/auth/password-reset/confirm";
                let request = self.server.request(Method::POST, path).json(&input);
                self.server.send(request).await.status == 204
            }
            Face::Graphql => {
                let query = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { field } } }";
                let input = json!({ "input": input });
                let answer = self.server.graphql_raw(query, input).await;
                answer["data"]["resetPassword"]["userErrors"] == json!([])
            }
        }
    }

    async fn log_in(&self, email: &str, password: &str) -> domain::Result<auth::Tokens> {
        let email = Email::parse("email", email)?;
        let password = Password::given("password", password)?;
        auth::log_in(&self.server.reader(), &email, password).await
    }
}

#[tokio::test]
async fn a_new_password_is_chosen_by_a_link_that_is_good_once() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    for (number, face) in FACES.into_iter().enumerate() {
        let before = site.log_in(&person.email, PASSWORD).await;
        let asked = site.request(face, &person.email.to_uppercase()).await;
        assert_eq!(asked.0, 202);
        assert_eq!(site.office.letters().len(), number);
        site.work().await;
        let letters = site.office.letters();
        assert_eq!(letters.len(), number + 1);
        let letter = letters.last().unwrap();
        assert!(letter.from.contains("<post@gazette.example>"), "{letter:?}");
        assert!(letter.to.contains(&person.email), "{letter:?}");
        assert_eq!(
            letter.header("Subject"),
            "A new password for The en Gazette"
        );
        assert!(letter.header("Message-ID").starts_with("<job_"));
        let token = letter.token();
        let new = format!("a new password {face:?}");
        assert!(!site.reset(face, "no such token", &new).await);
        assert!(!site.reset(face, &token, "short").await);
        assert!(site.reset(face, &token, &new).await);
        assert!(!site.reset(face, &token, "another password").await);
        site.log_in(&person.email, &new).await.unwrap();
        if let Ok(before) = before {
            auth::refresh(&site.server.reader(), before.refresh.reveal())
                .await
                .unwrap_err();
        }
        // The mail came: the address is theirs.
        let user = site.server.app.store().reader();
        let user = user.user(person.id).await.unwrap().unwrap();
        assert!(user.email_confirmed_at.is_some());
    }
}

#[tokio::test]
async fn a_later_link_an_hour_and_a_change_of_the_account_end_a_link() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    let link = async || {
        site.request(Face::Rest, &person.email).await;
        site.work().await;
        site.office.letters().last().map(Letter::token).unwrap()
    };
    let new = "a new password";
    let first = link().await;
    let second = link().await;
    assert_ne!(first, second);
    assert!(!site.reset(Face::Rest, &first, new).await);
    site.server.clock.advance(Duration::from_hours(1));
    assert!(!site.reset(Face::Rest, &second, new).await);
    let third = link().await;
    let password = Password::choose("password", "set by an owner", 10).unwrap();
    application::users::set_password(&site.server.system(), person.id, password)
        .await
        .unwrap();
    assert!(!site.reset(Face::Rest, &third, new).await);
}

#[tokio::test]
async fn whether_there_is_an_account_shows_neither_in_the_answer_nor_in_the_work() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    for face in FACES {
        let (known, one) = site
            .server
            .statements(site.request(face, &person.email))
            .await;
        let (unknown, other) = site
            .server
            .statements(site.request(face, "nobody@example.org"))
            .await;
        assert_eq!((known, one), (unknown, other));
    }
    site.work().await;
    assert_eq!(site.office.letters().len(), 2);
    let left: Vec<String> = site.server.jobs("kind").await;
    assert!(!left.contains(&"mail_reset".to_owned()), "{left:?}");
}

#[tokio::test]
async fn nobody_is_sent_many_mails() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    for _ in 0..20 {
        assert_eq!(site.request(Face::Rest, &person.email).await.0, 202);
    }
    site.work().await;
    assert_eq!(site.office.letters().len(), 5);
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_link_and_another_address_is_not() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    let token = site.server.sign_in(&person).await;
    let request = site.server.request(Method::POST, "/api/v1/auth/email");
    site.server.send(request).await.expect(401);
    let request = site.server.request(Method::POST, "/api/v1/auth/email");
    site.server
        .send(request.bearer_auth(&token))
        .await
        .expect(202);
    site.work().await;
    let letter = site.office.letters().pop().unwrap();
    let link = json!({ "token": letter.token() });
    // It is no link to a new password.
    assert!(
        !site
            .reset(Face::Rest, &letter.token(), "a new password")
            .await
    );
    let confirm = async |link: &Value| {
        let path = "/api/v1/auth/email/confirm";
        let request = site.server.request(Method::POST, path).json(link);
        site.server.send(request).await.status
    };
    assert_eq!(confirm(&link).await, 204);
    assert_eq!(confirm(&link).await, 422);
    let confirmed = async || {
        let query = "{ viewer { emailConfirmedAt } }";
        let token = site.server.sign_in(&person).await;
        let answer = site.server.graphql_as(&token, query, &json!({})).await;
        answer["data"]["viewer"]["emailConfirmedAt"].clone()
    };
    assert_eq!(confirmed().await, "2026-05-04T12:00:00Z");

    let query = "mutation { requestEmailConfirmation { userErrors { code } } }";
    let asked = site.server.graphql_as(&token, query, &json!({})).await;
    assert_eq!(
        asked["data"]["requestEmailConfirmation"]["userErrors"],
        json!([])
    );
    site.work().await;
    let letter = site.office.letters().pop().unwrap();
    let query = "mutation ($token: String!) { confirmEmail(input: { token: $token }) { userErrors { field } } }";
    for expected in [json!([]), json!([{ "field": "token" }])] {
        let token = json!({ "token": letter.token() });
        let answer = site.server.graphql_raw(query, token).await;
        assert_eq!(answer["data"]["confirmEmail"]["userErrors"], expected);
    }
}

#[tokio::test]
async fn a_refusal_for_good_is_left_to_people_and_one_for_now_is_tried_again() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    site.office.answer(450);
    site.request(Face::Rest, &person.email).await;
    site.work().await;
    let states: Vec<String> = site.server.jobs("state").await;
    assert!(states.contains(&"waiting".to_owned()) && !states.contains(&"dead".to_owned()));
    site.office.answer(550);
    site.server.clock.advance(Duration::from_mins(5));
    site.work().await;
    let dead = site
        .server
        .rows("SELECT last_error FROM job WHERE state = 'dead'");
    let dead = dead.await;
    let words: String = dead[0].try_get_by_index(0).unwrap();
    // What the server said names the address: it stays out of what is kept and logged.
    assert!(!words.contains(&person.email), "{words}");
    assert!(words.contains("550"), "{words}");
    assert!(site.office.letters().is_empty());
}

#[tokio::test]
async fn without_a_mail_server_nothing_is_sent_and_no_token_is_made() {
    let site = Site::new().await;
    let person = site.server.person_of_site(Role::Editor).await;
    site.request(Face::Rest, &person.email).await;
    let handlers = Handlers::standard()
        .unwrap()
        .with_mail(&MailOptions::default());
    site.server.worker(handlers, DEAF).run_due().await.unwrap();
    let tokens = site.server.count("SELECT count(*) FROM one_time_token");
    assert_eq!(tokens.await, 0);
    let left: Vec<String> = site.server.jobs("kind").await;
    assert!(!left.contains(&"mail_reset".to_owned()), "{left:?}");
}
