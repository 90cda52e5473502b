//! What each model has, and what it therefore offers.

use crate::action::{Key, Refusal};
use crate::session::Method;
use crate::view::Model;
use keyway_home::{Cause, Side};
use keyway_wsc::ConfigMethods;

/// What a model has.
#[derive(Debug)]
pub(super) struct Traits {
    /// Its name: at most 32 octets.
    pub(super) name: &'static str,
    /// Its number: at most 32 octets.
    pub(super) number: &'static str,
    /// The methods, the safer first (N51).
    pub(super) methods: &'static [Method],
    /// The keys and buttons, with what stands on them.
    pub(super) keys: &'static [(Key, &'static str)],
    /// Keys to be held together for three seconds, with what that does.
    pub(super) chords: &'static [(&'static [Key], &'static str)],
    /// Its configuration methods in the protocol.
    pub(super) config_methods: ConfigMethods,
    /// Whether it has a display of any kind.
    pub(super) display: bool,
}

const PAGE: (&[Key], &str) = (&[Key::Wireless, Key::Information], "Print the network configuration page");
const RADIO: (&[Key], &str) = (&[Key::Wireless], "Switch Wi-Fi on or off");
const RESET: (&[Key], &str) =
    (&[Key::Wireless, Key::Cancel], "Restore the network settings: forget the network");
const LABEL: (&[Key], &str) = (&[Key::Wps], "Set up with the PIN on the label");

const BUTTONS: &[(Key, &str)] = &[
    (Key::Power, "Power"),
    (Key::Wireless, "Wireless"),
    (Key::Information, "Information"),
    (Key::Wps, "WPS"),
    (Key::Cancel, "Cancel"),
];

const SCREEN_METHODS: &[Method] =
    &[Method::Passphrase, Method::Button, Method::Usb, Method::Pin, Method::RouterPin];

const SCREEN_CONFIG: ConfigMethods = ConfigMethods(
    ConfigMethods::PhysicalDisplay.0 | ConfigMethods::VirtualPushButton.0 | ConfigMethods::Keypad.0,
);

static TOUCH: Traits = Traits {
    name: "Keyway Touch",
    number: "KT-1",
    methods: SCREEN_METHODS,
    keys: &[
        (Key::Power, "Power"),
        (Key::Wireless, "Wireless"),
        (Key::Information, "Information"),
        (Key::Cancel, "Cancel"),
    ],
    chords: &[PAGE, RADIO, RESET],
    config_methods: SCREEN_CONFIG,
    display: true,
};

static TWO_LINE: Traits = Traits {
    name: "Keyway Lines",
    number: "KL-2",
    methods: SCREEN_METHODS,
    keys: &[
        (Key::Power, "Power"),
        (Key::Wireless, "Wireless"),
        (Key::Information, "Information"),
        (Key::Setup, "Setup"),
        (Key::Left, "Left"),
        (Key::Right, "Right"),
        (Key::Ok, "OK"),
        (Key::Back, "Back"),
        (Key::Cancel, "Cancel"),
    ],
    chords: &[PAGE, RADIO, RESET],
    config_methods: SCREEN_CONFIG,
    display: true,
};

static LABELLED: Traits = Traits {
    name: "Keyway Label",
    number: "KB-3",
    methods: &[Method::Button, Method::Usb, Method::LabelPin],
    keys: BUTTONS,
    chords: &[LABEL, PAGE, RADIO, RESET],
    config_methods: ConfigMethods(ConfigMethods::Label.0 | ConfigMethods::PhysicalPushButton.0),
    display: false,
};

static ENTRY: Traits = Traits {
    name: "Keyway Entry",
    number: "KE-4",
    methods: &[Method::Passphrase, Method::Button, Method::Usb],
    keys: BUTTONS,
    chords: &[PAGE, RADIO, RESET],
    config_methods: ConfigMethods::PhysicalPushButton,
    display: false,
};

/// What this model has.
pub(super) fn traits(model: Model) -> &'static Traits {
    match model {
        Model::Touch => &TOUCH,
        Model::TwoLine => &TWO_LINE,
        Model::Label => &LABELLED,
        Model::Entry => &ENTRY,
    }
}

/// Refuses a method that the model lacks, and names those that it has (N23, N35).
pub(super) fn check_method(model: Model, method: Method) -> Result<(), Refusal> {
    let traits = traits(model);
    if traits.methods.contains(&method) {
        return Ok(());
    }
    let any_pin = traits.methods.iter().any(|m| matches!(m, Method::Pin | Method::LabelPin));
    Err(match method {
        Method::Pin | Method::LabelPin | Method::RouterPin if !any_pin => no_pin(),
        Method::Pin => Refusal::new(
            "not-on-this-model",
            "This printer has no display: its PIN is on its label.",
            "Use the PIN on the label, the push button or a USB cable.",
        ),
        Method::LabelPin => Refusal::new(
            "not-on-this-model",
            "This printer has no PIN on a label: it makes a new one each time.",
            "Ask it for a PIN: its display shows it.",
        ),
        _ => {
            let ways: Vec<_> = traits.methods.iter().map(|method| method.words()).collect();
            Refusal::new(
                "not-on-this-model",
                format!("This model of printer does not have this method: {}.", method.words()),
                format!("Use one that it has: {}.", ways.join(", ")),
            )
        }
    })
}

/// The model has no PIN at all.
pub(super) fn no_pin() -> Refusal {
    let words = Cause::NoPinOnModel.words(Side::Printer);
    Refusal::new("not-on-this-model", words.what, words.next)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: [Model; 4] = [Model::Touch, Model::TwoLine, Model::Label, Model::Entry];
    const METHODS: [Method; 6] =
        [Method::Pin, Method::LabelPin, Method::Button, Method::RouterPin, Method::Passphrase, Method::Usb];

    #[test]
    fn the_safer_way_comes_first_and_what_is_lacking_is_refused() {
        for model in MODELS {
            let traits = traits(model);
            assert!(matches!(traits.methods[0], Method::Passphrase | Method::Button), "{model:?}");
            let pin = traits.methods.iter().position(|m| matches!(m, Method::Pin | Method::LabelPin));
            let button = traits.methods.iter().position(|m| *m == Method::Button);
            assert!(pin.is_none() || button < pin, "{model:?}");
            for method in METHODS {
                let refused = check_method(model, method).err();
                assert_eq!(refused.is_none(), traits.methods.contains(&method), "{model:?} {method:?}");
                assert!(refused.is_none_or(|refusal| refusal.code == "not-on-this-model"));
            }
        }
        assert_eq!(check_method(Model::Entry, Method::Pin), Err(no_pin()));
        assert!(no_pin().what.contains("no PIN"));
    }

    #[test]
    fn the_protocol_says_the_same_as_the_panel() {
        for model in MODELS {
            let traits = traits(model);
            let has = |flag| traits.config_methods.contains(flag);
            assert_eq!(has(ConfigMethods::Display), traits.methods.contains(&Method::Pin), "{model:?}");
            assert_eq!(has(ConfigMethods::Label), traits.methods.contains(&Method::LabelPin), "{model:?}");
            assert_eq!(has(ConfigMethods::PushButton), traits.methods.contains(&Method::Button), "{model:?}");
            assert_eq!(has(ConfigMethods::Keypad), traits.methods.contains(&Method::RouterPin), "{model:?}");
            assert!(traits.name.len() <= 32 && traits.number.len() <= 32);
            for (keys, _) in traits.chords {
                assert!(keys.iter().all(|key| traits.keys.iter().any(|(has, _)| has == key)), "{model:?}");
            }
        }
    }
}
