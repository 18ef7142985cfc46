use super::*;
use proptest::prelude::*;

#[test]
fn times_print_milliseconds_and_stay_within_the_years() {
    for text in ["1900-01-01T00:00:00.000Z", "2026-11-21T03:58:12.120Z", "2199-12-31T23:59:59.999Z"] {
        let time: Timestamp = text.parse().unwrap();
        assert_eq!((time.to_string(), String::from(time)), (text.to_owned(), text.to_owned()));
    }
    for text in ["1899-12-31T23:59:59.999Z", "2200-01-01T00:00:00Z"] {
        assert_eq!(text.parse::<Timestamp>(), Err("must be between the years 1900 and 2200".to_owned()));
    }
}

#[test]
fn only_rfc_3339_is_a_time() {
    for text in [
        "2026-11-21T09:30:00Z",
        "2026-11-21t09:30:00z",
        "2026-11-21T09:30:00.123456789+23:59",
        "2026-11-21T09:30:00-00:00",
    ] {
        assert!(text.parse::<Timestamp>().is_ok(), "{text}");
    }
    for text in [
        "2026-11-21 09:30:00Z",
        "2026-11-21T09:30:00+25:00",
        "2026-11-21T09:30:00+24:00",
        "2026-11-21T09:30:00+01:60",
        "2026-11-21T09:30:00+01",
        "2026-11-21T09:30:00+0100",
        "2026-11-21T09:30:00+01:00:00",
        "2026-11-21T09:30:60Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T09:30:00Z[Europe/Berlin]",
        "2026-11-21T09:30:00+01:00[Europe/Berlin]",
        "2026-11-21T09:30:00.Z",
        "2026-11-21T09:30:00,5Z",
        "2026-11-21T09:30:00.1234567890Z",
        "2026-11-21T09:30Z",
        "2026-11-21T09:30:00",
        "20261121T093000Z",
        "+002026-11-21T09:30:00Z",
        "2026-02-30T09:30:00Z",
        " 2026-11-21T09:30:00Z",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
    for text in ["2026-W47-6", "20261121T1", "2026-11-31", "2026-1-021", "2026-11-2１"] {
        assert!(Date::try_from(text.to_owned()).is_err(), "{text}");
    }
    for text in ["2026-11-21 09:30", "2026-11-21T0930Z", "20261121T09:30:0", "2026-11-21T24:00"] {
        assert!(LocalTime::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn the_first_and_last_hours_can_be_read_again_in_any_zone() {
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Abidjan", "UTC"] {
        let zone = TimeZone::try_from(zone.to_owned()).unwrap();
        for text in ["1900-01-01T00:00", "2199-12-31T23:59"] {
            let at = LocalTime::try_from(text.to_owned()).unwrap().in_zone(&zone);
            assert_eq!(at.to_string().parse::<Timestamp>(), Ok(at), "{text} {zone}");
        }
    }
}

#[tokio::test]
async fn today_follows_a_shifted_clock() {
    let moment: Timestamp = "2020-02-29T12:00:00.000Z".parse().unwrap();
    let day = at(moment, async { Date::today().to_string() }).await;
    assert_eq!(day, "2020-02-29");
}

proptest! {
    #[test]
    fn the_text_form_parses_back_and_sorts_by_time(a in 0_i64..7_000_000_000_000, b in 0_i64..7_000_000_000_000) {
        let (x, y) = (Timestamp::from_millisecond(a), Timestamp::from_millisecond(b));
        prop_assert_eq!(x.to_string().parse::<Timestamp>().unwrap(), x);
        prop_assert_eq!(x.to_string().cmp(&y.to_string()), a.cmp(&b));
    }

    #[test]
    fn parsing_any_text_never_panics(text in ".{0,40}") {
        let _ = text.parse::<Timestamp>();
        let _ = Date::try_from(text.clone());
        let _ = LocalTime::try_from(text);
    }

    #[test]
    fn any_time_in_rfc_3339_is_accepted(
        day in "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
        clock in "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?",
        zone in "[Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]",
    ) {
        // An offset can move the first and last day of the range out of it.
        prop_assume!(!day.starts_with("1900-01-01"));
        let time = format!("{day}{clock}{zone}");
        prop_assert!(time.parse::<Timestamp>().is_ok(), "{}", time);
        prop_assert!(Date::try_from(day.clone()).is_ok());
        let local = [&day, "T", &clock[1..6]].concat();
        prop_assert!(LocalTime::try_from(local).is_ok());
    }

    #[test]
    fn one_changed_character_of_a_time_is_accepted_only_in_rfc_3339(at in 0_usize..25, c in "[ -~]") {
        let mut text = "2026-11-21T09:30:00+01:00".to_owned();
        text.replace_range(at..=at, &c);
        let allowed = c.bytes().all(|c| match at {
            10 => matches!(c, b'T' | b't'),
            19 => matches!(c, b'+' | b'-'),
            4 | 7 => c == b'-',
            13 | 16 | 22 => c == b':',
            _ => c.is_ascii_digit(),
        });
        if text.parse::<Timestamp>().is_ok() {
            prop_assert!(allowed, "{}", text);
        }
    }

    #[test]
    fn a_local_time_survives_its_zone_unless_skipped(
        day in 0_i32..60_000, minute in 0_i32..1440, zone in prop::sample::select(vec!["UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu"]),
    ) {
        let start = LocalTime::try_from("1990-01-01T00:00".to_owned()).unwrap();
        let local = start.plus(jiff::Span::new().days(day).minutes(minute)).unwrap();
        prop_assert_eq!(LocalTime::try_from(local.to_string()).unwrap(), local);
        let zone = TimeZone::try_from(zone.to_owned()).unwrap();
        let back = LocalTime::at(local.in_zone(&zone), &zone);
        prop_assert!(back == local || back == local.plus(jiff::Span::new().hours(1)).unwrap(), "{} {}", local, back);
    }
}
