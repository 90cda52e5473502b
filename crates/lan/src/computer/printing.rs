//! One document on its way to a printer: HTTP and IPP over a TCP connection.

use core::net::Ipv4Addr;
use core::time::Duration;

use keyway_eap::Timestamp;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{Socket, SocketBuffer, State as TcpState};

use super::{ComputerEvent, Document, PrintFailure, PrintStep, PrintTask, PrinterService};
use crate::http::{ClientExchange, Response};
use crate::ipp::{self, Attribute, Group, Message, Value, group, job_state, operation};
use crate::stack::Stack;

/// How much waits to be read and to be sent, in octets.
const RECEIVED: usize = 16 << 10;
const TO_SEND: usize = 16 << 10;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 1 << 20;

/// How long it waits for a connection, and for the next octet on one.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often it asks whether the job is done, and how often at most.
const JOB_PAUSE: Duration = Duration::from_millis(500);
const MOST_QUESTIONS: u32 = 240;

/// A printing that goes on.
#[derive(Debug)]
pub(super) struct Printing {
    task: PrintTask,
    service: PrinterService,
    document: Document,
    user: String,
    socket: SocketHandle,
    step: PrintStep,
    state: State,
    /// The number of the last request.
    request: i32,
    job: i32,
    questions: u32,
    /// When to give up, unless something comes or goes.
    deadline: Timestamp,
}

#[derive(Debug)]
enum State {
    /// The connection is being opened for this step.
    Opening(PrintStep),
    Waiting(ClientExchange),
    /// Until it is time to ask for the job again.
    Pausing(Timestamp),
}

/// What a printing comes to.
enum Ended {
    Printed,
    Failed(PrintFailure),
}

impl From<PrintFailure> for Ended {
    fn from(reason: PrintFailure) -> Ended {
        Ended::Failed(reason)
    }
}

impl Printing {
    /// Opens the connection, from this port.
    pub(super) fn start(
        task: PrintTask,
        service: PrinterService,
        document: Document,
        user: String,
        (stack, port, now): (&mut Stack, u16, Timestamp),
    ) -> Printing {
        let buffer = |size| SocketBuffer::new(vec![0; size]);
        let mut socket = Socket::new(buffer(RECEIVED), buffer(TO_SEND));
        socket.set_nagle_enabled(false);
        let socket = stack.add(socket);
        stack.connect(socket, (service.address, service.port), port);
        Printing {
            task,
            service,
            document,
            user,
            socket,
            step: PrintStep::Connecting,
            state: State::Opening(PrintStep::Asking),
            request: 0,
            job: 0,
            questions: 0,
            deadline: now + PATIENCE,
        }
    }

    pub(super) fn task(&self) -> PrintTask {
        self.task
    }

    pub(super) fn poll_timeout(&self) -> Timestamp {
        match self.state {
            State::Pausing(until) => until,
            _ => self.deadline,
        }
    }

    /// Goes on as far as it can. The last event, when it has ended; then it is to be dropped by [`Printing::stop`].
    pub(super) fn work(
        &mut self,
        stack: &mut Stack,
        port: &mut dyn FnMut() -> u16,
        events: &mut dyn FnMut(ComputerEvent),
        now: Timestamp,
    ) -> Option<ComputerEvent> {
        let task = self.task;
        loop {
            let before = self.step;
            let went_on = self.go_on(stack, port, now);
            if self.step != before {
                events(ComputerEvent::PrintProgress { task, step: self.step });
            }
            match went_on {
                Ok(true) => stack.run(now),
                Ok(false) => return None,
                Err(Ended::Printed) => return Some(ComputerEvent::Printed { task, job: self.job }),
                Err(Ended::Failed(reason)) => return Some(ComputerEvent::PrintFailed { task, reason }),
            }
        }
    }

    /// Begins to close the connection: the socket is to be removed once [`is_closed`].
    pub(super) fn stop(self, stack: &mut Stack, now: Timestamp) -> SocketHandle {
        stack.socket::<Socket<'_>>(self.socket).close();
        stack.run(now);
        self.socket
    }

    /// True when something was done.
    fn go_on(
        &mut self,
        stack: &mut Stack,
        port: &mut dyn FnMut() -> u16,
        now: Timestamp,
    ) -> Result<bool, Ended> {
        let socket: &mut Socket<'_> = stack.socket(self.socket);
        match &mut self.state {
            State::Opening(next) => {
                if socket.may_send() {
                    let next = *next;
                    self.begin(next, now);
                    return Ok(true);
                }
                if socket.state() == TcpState::Closed {
                    return Err(PrintFailure::Refused.into());
                }
                if now >= self.deadline {
                    return Err(PrintFailure::Unreachable.into());
                }
                Ok(false)
            }
            State::Waiting(exchange) => {
                let mut moved = false;
                while socket.can_send() && !exchange.output().is_empty() {
                    let sent = socket.send_slice(exchange.output()).unwrap_or_default();
                    exchange.was_sent(sent);
                    moved |= sent > 0;
                }
                let mut received = Vec::new();
                while socket.can_recv() {
                    let taken = socket.recv(|octets| {
                        received.extend_from_slice(octets);
                        (octets.len(), ())
                    });
                    moved |= taken.is_ok();
                }
                let answer = exchange.handle_bytes(&received).map_err(|_| PrintFailure::Nonsense)?;
                let ended = !socket.may_recv() && answer.is_none();
                let answer = match answer {
                    None if ended => Some(exchange.handle_end().map_err(|_| PrintFailure::TimedOut)?),
                    answer => answer,
                };
                if let Some(answer) = answer {
                    let reusable = exchange.keeps_alive() && !ended;
                    let next = self.take(&answer, now)?;
                    if !reusable {
                        socket.abort();
                        let to = (self.service.address, self.service.port);
                        if let Some(next) = next {
                            stack.connect(self.socket, to, port());
                            self.state = State::Opening(next);
                        }
                    } else if let Some(next) = next {
                        self.begin(next, now);
                    }
                    self.deadline = now + PATIENCE;
                    return Ok(true);
                }
                if moved {
                    self.deadline = now + PATIENCE;
                } else if now >= self.deadline {
                    return Err(PrintFailure::TimedOut.into());
                }
                Ok(moved)
            }
            State::Pausing(until) => {
                if now < *until {
                    return Ok(false);
                }
                self.deadline = now + PATIENCE;
                if socket.may_send() && socket.may_recv() {
                    self.begin(PrintStep::Waiting, now);
                } else {
                    socket.abort();
                    stack.connect(self.socket, (self.service.address, self.service.port), port());
                    self.state = State::Opening(PrintStep::Waiting);
                }
                Ok(true)
            }
        }
    }

    fn begin(&mut self, step: PrintStep, now: Timestamp) {
        self.step = step;
        self.request = self.request.saturating_add(1);
        let octets = self.message(step);
        let host = format!("{}:{}", self.service.address, self.service.port);
        let target = format!("/{}", self.service.rp);
        let exchange = ClientExchange::post(&host, &target, ipp::MEDIA_TYPE, &octets, LONGEST_ANSWER);
        self.state = State::Waiting(exchange);
        self.deadline = now + PATIENCE;
    }

    fn message(&self, step: PrintStep) -> Vec<u8> {
        let uri = self.service.uri();
        let name = |text: &str| Value::Name(text[..text.floor_char_boundary(255)].to_owned());
        let mut attributes = vec![Attribute::new("requesting-user-name", name(&self.user))];
        let operation = match step {
            PrintStep::Connecting | PrintStep::Asking => {
                let wanted = ["printer-state", "printer-state-reasons", "document-format-supported"];
                attributes.push(Attribute::set("requested-attributes", wanted.map(Value::keyword)));
                operation::GET_PRINTER_ATTRIBUTES
            }
            PrintStep::Validating | PrintStep::Sending => {
                attributes.push(Attribute::new("job-name", name(&self.document.name)));
                attributes
                    .push(Attribute::new("document-format", Value::MediaType(self.document.format.clone())));
                if step == PrintStep::Sending { operation::PRINT_JOB } else { operation::VALIDATE_JOB }
            }
            PrintStep::Waiting => {
                attributes.insert(0, Attribute::new("job-id", Value::Integer(self.job)));
                attributes.push(Attribute::new("requested-attributes", Value::keyword("job-state")));
                operation::GET_JOB_ATTRIBUTES
            }
        };
        let mut message = Message::request(operation, self.request, &uri);
        if let Some(first) = message.groups.first_mut() {
            first.attributes.extend(attributes);
        }
        let mut octets = message.write();
        if step == PrintStep::Sending {
            octets.extend_from_slice(&self.document.bytes);
        }
        octets
    }

    /// What follows from an answer: the next step, or a pause.
    fn take(&mut self, answer: &Response, now: Timestamp) -> Result<Option<PrintStep>, Ended> {
        if answer.status != 200 {
            return Err(PrintFailure::Http(answer.status).into());
        }
        let (message, _) = Message::read(&answer.body).map_err(|_| PrintFailure::Nonsense)?;
        if message.header.request != self.request {
            return Err(PrintFailure::Nonsense.into());
        }
        if message.header.code >= 0x0100 {
            return Err(PrintFailure::Status(message.header.code).into());
        }
        let job = || message.group(group::JOB).ok_or(PrintFailure::Nonsense);
        match self.step {
            PrintStep::Connecting | PrintStep::Asking => Ok(Some(PrintStep::Validating)),
            PrintStep::Validating => Ok(Some(PrintStep::Sending)),
            PrintStep::Sending => {
                self.job = job()?.number("job-id").ok_or(PrintFailure::Nonsense)?;
                // From now on the document is the printer's.
                self.document.bytes = Vec::new();
                self.step = PrintStep::Waiting;
                self.judge(job()?, now)
            }
            PrintStep::Waiting => self.judge(job()?, now),
        }
    }

    fn judge(&mut self, job: &Group, now: Timestamp) -> Result<Option<PrintStep>, Ended> {
        self.questions += 1;
        match job.number("job-state") {
            Some(job_state::COMPLETED) => Err(Ended::Printed),
            Some(state @ job_state::CANCELED..) => Err(PrintFailure::NotPrinted(state).into()),
            Some(state) if self.questions > MOST_QUESTIONS => Err(PrintFailure::NotPrinted(state).into()),
            Some(_) => {
                self.state = State::Pausing(now + JOB_PAUSE);
                Ok(None)
            }
            None => Err(PrintFailure::Nonsense.into()),
        }
    }
}

/// Whether nothing is left of a connection but the wait for stray segments.
pub(super) fn is_closed(stack: &mut Stack, socket: SocketHandle) -> bool {
    matches!(stack.socket::<Socket<'_>>(socket).state(), TcpState::Closed | TcpState::TimeWait)
}

/// A port for the next connection, from the range for that purpose (RFC 6335, section 6).
pub(super) fn ephemeral_port(number: u64) -> u16 {
    49_152 + u16::try_from(number % 16_384).unwrap_or_default()
}

/// Whether an address may belong to a printer.
pub(super) fn is_host(address: Ipv4Addr) -> bool {
    !(address.is_unspecified() || address.is_broadcast() || address.is_multicast() || address.is_loopback())
}
