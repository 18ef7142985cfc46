use super::*;
use proptest::prelude::*;

#[test]
fn an_email_needs_a_name_and_a_dotted_domain() {
    for good in ["a@b.co", "ann.lee+x@example.com", "Ünï@exämple.de"] {
        assert!(Email::try_from(good.to_owned()).is_ok(), "{good}");
    }
    for bad in ["", "a", "a@b", "@b.co", "a@@b.co", "a b@c.de", "a@b..c", "a.@b.co", "a@-b.co", "a@b.co\r\nBcc: x@y.z"]
    {
        assert!(Email::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn addresses_of_one_mailbox_compare_equal() {
    let mailbox = |text: &str| Email::try_from(text.to_owned()).unwrap().mailbox();
    for (one, other) in [
        ("Jane.Doe@gmail.com", "janedoe@googlemail.com"),
        ("jane+crm@example.com", "jane@example.com"),
        ("jane@münchen.example", "jane@xn--mnchen-3ya.example"),
    ] {
        assert_eq!(mailbox(one), mailbox(other));
    }
    assert_ne!(mailbox("jane.doe@example.com"), mailbox("janedoe@example.com"));
    assert_eq!(mailbox("+jane@example.com"), "+jane@example.com");
}

#[test]
fn reading_order_marks_and_control_characters_are_refused() {
    for bad in ["a\u{202E}b", "a\u{0}b", "a\nb", "\u{2066}x"] {
        assert!(Name::try_from(bad.to_owned()).is_err(), "{bad:?}");
    }
    assert!(LongText::try_from("two\nlines".to_owned()).is_ok());
}

#[test]
fn invisible_characters_alone_are_no_name() {
    for c in
        "\u{200B}\u{AD}\u{FEFF}\u{2060}\u{115F}\u{1160}\u{3164}\u{FFA0}\u{E0041}\u{34F}\u{200D}\u{FE0F}\u{2800}\u{FFF9}\u{110BD}\u{13430}\u{FFFF}\u{301}".chars()
    {
        for text in [c.to_string(), format!("{c}{c} {c}"), format!(" {c}")] {
            assert!(Name::try_from(text.clone()).is_err(), "{text:?}");
            assert!(LongText::try_from(format!("{text}\n{text}")).is_err(), "{text:?}");
        }
        assert!(Name::try_from(format!("a{c}")).is_ok(), "{c:?}");
    }
    for good in ["می\u{200C}خواهم", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}", "☎", "1"]
    {
        assert!(Name::try_from(good.to_owned()).is_ok(), "{good}");
    }
}

#[test]
fn a_username_starts_and_ends_with_a_letter_or_digit() {
    for good in ["ann", "a.b", "a-1", "0_0", " Ann "] {
        assert!(Username::try_from(good.to_owned()).is_ok(), "{good}");
    }
    for bad in ["an", "ann.", "ann-", "ann_", ".ann", "-ann", "_ann", "...", "a b", "änn"] {
        assert!(Username::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn a_name_is_found_by_any_of_its_words() {
    let found = |name: &str| word_beginnings(name).into_iter().collect::<Vec<_>>();
    assert_eq!(found("Banco Popular S.A."), ["a", "banco popular s a", "popular s a", "s a"]);
    assert_eq!(found("Crédit-Agricole"), ["agricole", "credit agricole", "creditagricole"]);
    assert_eq!(found("ATL-12"), ["12", "atl 12"]);
    assert!(found("—").is_empty());
}

#[test]
fn names_are_found_as_people_type_them() {
    for (name, typed) in [
        ("Straße", "strasse"),
        ("Łódź Invest", "lodz"),
        ("Søren Ærø", "soren aero"),
        ("Œuvre", "oeuvre"),
        ("Đorđević", "dordevic"),
        ("Şahin Yıldız", "sahin yildiz"),
        ("O'Brien", "obrien"),
        ("O’Brien", "o'brien"),
        ("Jean-Luc Picard", "jean luc"),
        ("Jean-Luc Picard", "jean-luc"),
        ("Jean-Luc Picard", "jeanluc picard"),
        ("三菱東京銀行", "東京"),
        ("삼성전자", "전자"),
        ("ソフトバンク", "バンク"),
        ("हिन्दी भवन", "हिन्दी"),
    ] {
        let typed = searchable(typed);
        assert!(has_words(name, &typed), "{name}: {typed}");
        assert!(word_beginnings(name).iter().any(|beginning| beginning.starts_with(&typed)), "{name}: {typed}");
    }
    assert!(!has_words("Blackstone", "stone"));
}

#[test]
fn marks_around_an_apostrophe_fold_once() {
    let folded = searchable("\u{1d1aa}`\u{c55}");
    assert_eq!(searchable(&folded), folded);
}

proptest! {
    #[test]
    fn each_word_of_a_name_starts_a_word_beginning(name in "\\PC{0,80}") {
        let (text, found) = (searchable(&name), word_beginnings(&name));
        for word in text.split(' ').filter(|word| !word.is_empty()).take(fold::MAX_WORDS) {
            prop_assert!(found.iter().any(|beginning| beginning.starts_with(&word.chars().take(60).collect::<String>())));
            prop_assert!(has_words(&name, word));
        }
        prop_assert_eq!(searchable(&text), text);
    }

    #[test]
    fn parsing_is_idempotent(text in "\\PC{0,250}") {
        if let Ok(name) = Name::try_from(text.clone()) {
            prop_assert_eq!(name.as_str(), text.trim().nfc().collect::<String>());
            prop_assert_eq!(Name::try_from(name.as_str().to_owned()).unwrap(), name);
        }
    }

    #[test]
    fn a_text_with_a_letter_is_a_name_whatever_surrounds_it(before in "\\p{Cf}{0,3}", after in "\\p{Cf}{0,3}") {
        let text = format!("{before}a{after}");
        prop_assert_eq!(Name::try_from(text.clone()).is_err(), text.chars().any(is_bidirectional_override));
    }

    #[test]
    fn list_positions_are_unique_and_follow_folded_names(a in "[a-zA-Z0-9 #!]{1,8}", b in "[a-zA-Z0-9 #!]{1,8}") {
        let (x, y) = (position(&a, &1), position(&b, &2));
        prop_assert_ne!(&x, &y);
        if fold(&a) != fold(&b) {
            prop_assert_eq!(x.cmp(&y), fold(&a).cmp(&fold(&b)));
        }
    }

    #[test]
    fn folding_is_idempotent(text in ".{0,80}") {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}
