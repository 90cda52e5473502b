//! The system's message bus (D-Bus), as little of it as is needed: ask, and listen with a deadline.

use std::collections::HashMap;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use zbus::export::futures_core::Stream;
use zbus::message::Type;
use zbus::{Connection, DynamicType, Message, MessageStream, OwnedObjectPath, OwnedVariant, Variant};

use crate::stop::Stop;

/// The longest that a program may take to answer. Each answers at once, or after some milliseconds of netlink.
const PATIENCE: Duration = Duration::from_secs(15);

/// The longest that nobody asks whether to stop.
const LOOK_UP: Duration = Duration::from_millis(200);

/// A connection to the system bus for questions.
#[derive(Debug)]
pub(crate) struct Bus {
    connection: Connection,
}

/// A connection to the system bus that keeps all that arrives until it is asked for, and one for questions: their
/// answers are not to be heard as news.
#[derive(Debug)]
pub(crate) struct Ear {
    questions: Bus,
    listening: Bus,
    messages: Receiver<Message>,
    thread: Option<JoinHandle<()>>,
}

/// An object of a program, and one of its interfaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a> {
    /// The program's name on the bus.
    pub(crate) program: &'a str,
    /// The object's path.
    pub(crate) path: &'a str,
    /// The interface.
    pub(crate) interface: &'a str,
}

/// The properties of an object by their names.
pub(crate) type Properties = HashMap<String, OwnedVariant>;

/// By path, the interfaces of all objects of a program with their properties.
pub(crate) type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BusError {
    /// The bus or the program does not allow it to this user.
    Denied,
    /// The program is not there (any more).
    Gone,
    /// No answer for that long.
    Late(Duration),
    /// Whoever asked does not want to wait any longer.
    Stopped,
    /// The program refused.
    Answer {
        /// The name of the error, such as `net.connman.iwd.Failed`.
        name: String,
        /// What it says about it; may be empty.
        text: String,
    },
    /// Anything else: no bus, a strange answer.
    Other(String),
}

impl Bus {
    /// Connects to the system bus: `DBUS_SYSTEM_BUS_ADDRESS`, or `/var/run/dbus/system_bus_socket`.
    pub(crate) fn system() -> Result<Bus, BusError> {
        let builder = zbus::connection::Builder::system().method_timeout(PATIENCE);
        match zbus::block_on(builder.build()) {
            Ok(connection) => Ok(Bus { connection }),
            // Without a bus there is no program on it.
            Err(zbus::Error::InputOutput(source) | zbus::Error::Connection(source, _))
                if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) =>
            {
                Err(BusError::Gone)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a program of this name is there. Nothing is started by asking.
    pub(crate) fn has(&self, name: &str) -> Result<bool, BusError> {
        self.ask(BROKER, "NameHasOwner", &(name,))
    }

    /// The name that the bus gave to the program of this name.
    pub(crate) fn owner_of(&self, name: &str) -> Result<String, BusError> {
        self.ask(BROKER, "GetNameOwner", &(name,))
    }

    /// Calls a method and reads its answer.
    pub(crate) fn ask<T, B>(&self, object: Object<'_>, method: &str, body: &B) -> Result<T, BusError>
    where
        T: DeserializeOwned + zbus::wire::Type,
        B: Serialize + DynamicType,
    {
        let answer = self.call(object, method, body)?;
        Ok(answer.body().deserialize()?)
    }

    /// Calls a method and waits for its end.
    pub(crate) fn call<B>(&self, object: Object<'_>, method: &str, body: &B) -> Result<Message, BusError>
    where
        B: Serialize + DynamicType,
    {
        let Object { program, path, interface } = object;
        let call = self.connection.call_method(Some(program), path, Some(interface), method, body);
        Ok(zbus::block_on(call)?)
    }

    /// A property; nothing if it has another type.
    pub(crate) fn get<T: TryFrom<OwnedVariant>>(
        &self,
        object: Object<'_>,
        name: &str,
    ) -> Result<T, BusError> {
        let properties = Object { interface: PROPERTIES, ..object };
        let value: OwnedVariant = self.ask(properties, "Get", &(object.interface, name))?;
        T::try_from(value).map_err(|_| BusError::Other(format!("its property {name} is of another type")))
    }

    /// Sets a property and waits until that is done.
    pub(crate) fn set(&self, object: Object<'_>, name: &str, value: Variant<'_>) -> Result<(), BusError> {
        let properties = Object { interface: PROPERTIES, ..object };
        self.call(properties, "Set", &(object.interface, name, value)).map(drop)
    }

    /// All objects of a program that has an object manager at `path`.
    pub(crate) fn objects(&self, program: &str, path: &str) -> Result<Objects, BusError> {
        let manager = Object { program, path, interface: "org.freedesktop.DBus.ObjectManager" };
        self.ask(manager, "GetManagedObjects", &())
    }
}

impl Ear {
    /// Connects to the system bus and listens to all signals of a program, to answers, and to calls.
    pub(crate) fn open(program: &str) -> Result<Ear, BusError> {
        let (questions, listening) = (Bus::system()?, Bus::system()?);
        let (sender, messages) = channel();
        let mut stream = MessageStream::from(&listening.connection);
        let rule = format!("type='signal',sender='{program}'");
        listening.call(BROKER, "AddMatch", &(rule,))?;
        let thread = thread::spawn(move || {
            let next = |stream: &mut MessageStream| {
                zbus::block_on(poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)))
            };
            while let Some(Ok(message)) = next(&mut stream) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Ear { questions, listening, messages, thread: Some(thread) })
    }

    /// For questions.
    pub(crate) fn bus(&self) -> &Bus {
        &self.questions
    }

    /// For what the program is to know this connection by, such as an agent.
    pub(crate) fn itself(&self) -> &Bus {
        &self.listening
    }

    /// Calls a method without waiting. The answer comes from [`Ear::next`] and has this serial number as its
    /// reply serial.
    pub(crate) fn send<B>(&self, object: Object<'_>, method: &str, body: &B) -> Result<u32, BusError>
    where
        B: Serialize + DynamicType,
    {
        let call =
            Message::method_call(object.path, method).destination(object.program).interface(object.interface);
        let call = call.build(body)?;
        zbus::block_on(self.listening.connection.send(&call))?;
        Ok(call.primary_header().serial_num().get())
    }

    /// Answers a call.
    pub(crate) fn reply<B>(&self, call: &Message, body: &B) -> Result<(), BusError>
    where
        B: Serialize + DynamicType,
    {
        Ok(zbus::block_on(self.listening.connection.reply(&call.header(), body))?)
    }

    /// Refuses a call.
    pub(crate) fn refuse(&self, call: &Message, error: &str) -> Result<(), BusError> {
        Ok(zbus::block_on(self.listening.connection.reply_error(&call.header(), error, &()))?)
    }

    /// The next message, or nothing when the time is over, whatever has arrived.
    pub(crate) fn next(&self, deadline: Instant, stop: Stop<'_>) -> Result<Option<Message>, BusError> {
        next_of(&self.messages, deadline, stop)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // That ends the stream, and with it the thread.
        let _ = zbus::block_on(self.listening.connection.clone().close());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn next_of<T>(messages: &Receiver<T>, deadline: Instant, stop: Stop<'_>) -> Result<Option<T>, BusError> {
    loop {
        if stop() {
            return Err(BusError::Stopped);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        match messages.recv_timeout(left.min(LOOK_UP)) {
            Ok(message) => return Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(BusError::Gone),
        }
    }
}

/// What a message of an [`Ear`] is about.
#[derive(Debug)]
pub(crate) struct Heard<'m> {
    /// Signal, call, answer or refusal.
    pub(crate) kind: Type,
    /// The object that speaks or is called; empty in answers.
    pub(crate) path: &'m str,
    /// The name of the signal or the method; empty in answers.
    pub(crate) member: &'m str,
    /// Who sent it, by the name that the bus gave.
    pub(crate) sender: &'m str,
    /// The call that it answers.
    pub(crate) answers: Option<u32>,
}

/// Reads the head of a message and passes it on.
pub(crate) fn heard<T>(message: &Message, look: impl FnOnce(Heard<'_>) -> T) -> T {
    let header = message.header();
    look(Heard {
        kind: message.message_type(),
        path: header.path().map_or("", |path| path.as_str()),
        member: header.member().map_or("", |member| member.as_str()),
        sender: header.sender().map_or("", |sender| sender.as_str()),
        answers: header.reply_serial().map(std::num::NonZeroU32::get),
    })
}

/// The refusal in a message.
pub(crate) fn refusal(message: &Message) -> BusError {
    let name = message.header().error_name().map_or_else(String::new, |name| name.as_str().to_owned());
    let text = message.body().deserialize::<String>().unwrap_or_default();
    classify(name, text)
}

/// A property, if it is there and of this type.
pub(crate) fn property<T: TryFrom<OwnedVariant>>(properties: &Properties, name: &str) -> Option<T> {
    T::try_from(properties.get(name)?.try_clone().ok()?).ok()
}

impl From<zbus::Error> for BusError {
    fn from(error: zbus::Error) -> BusError {
        match &error {
            zbus::Error::InputOutput(source) if source.kind() == ErrorKind::TimedOut => {
                BusError::Late(PATIENCE)
            }
            zbus::Error::MethodError(name, text, _) => {
                classify(name.as_str().to_owned(), text.clone().unwrap_or_default())
            }
            zbus::Error::FDO(standard) => {
                use zbus::DBusError;
                let text = standard.description().unwrap_or_default().to_owned();
                classify(standard.name().as_str().to_owned(), text)
            }
            other => BusError::Other(other.to_string()),
        }
    }
}

fn classify(name: String, text: String) -> BusError {
    match name.as_str() {
        "org.freedesktop.DBus.Error.AccessDenied"
        | "org.freedesktop.DBus.Error.AuthFailed"
        | "org.freedesktop.NetworkManager.PermissionDenied"
        | "org.freedesktop.NetworkManager.Device.PermissionDenied"
        | "org.freedesktop.NetworkManager.Settings.PermissionDenied"
        | "org.freedesktop.NetworkManager.Settings.Connection.PermissionDenied"
        | "net.connman.iwd.PermissionDenied" => BusError::Denied,
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner"
        | "org.freedesktop.DBus.Error.NoReply"
        | "org.freedesktop.DBus.Error.Disconnected" => BusError::Gone,
        _ => BusError::Answer { name, text },
    }
}

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const BROKER: Object<'static> = Object {
    program: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::stop::NEVER;

    #[test]
    fn refusals_are_sorted_by_what_to_do_about_them() {
        let answer = |name: &str| BusError::Answer { name: name.to_owned(), text: "why".to_owned() };
        let cases = [
            ("org.freedesktop.DBus.Error.AccessDenied", BusError::Denied),
            ("org.freedesktop.NetworkManager.PermissionDenied", BusError::Denied),
            ("org.freedesktop.DBus.Error.ServiceUnknown", BusError::Gone),
            ("net.connman.iwd.Failed", answer("net.connman.iwd.Failed")),
        ];
        for (name, expected) in cases {
            assert_eq!(classify(name.to_owned(), "why".to_owned()), expected);
        }
    }

    #[test]
    fn listening_ends_when_it_is_to_stop() {
        let (sender, messages) = channel();
        let far = Instant::now() + Duration::from_secs(3600);
        let asked = Cell::new(0);
        // Nothing comes, and it is asked again and again all the same.
        let third_time = || {
            asked.set(asked.get() + 1);
            asked.get() == 3
        };
        assert_eq!(next_of::<u8>(&messages, far, &third_time), Err(BusError::Stopped));
        sender.send(7).unwrap();
        assert_eq!(next_of(&messages, far, NEVER), Ok(Some(7)));
        assert_eq!(next_of(&messages, Instant::now(), NEVER), Ok(None));
        drop(sender);
        assert_eq!(next_of(&messages, far, NEVER), Err(BusError::Gone));
    }
}
