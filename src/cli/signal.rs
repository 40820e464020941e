//! What the operating system tells a process: to end.

use anyhow::Context as _;
use tokio::signal::unix::{self, SignalKind};

/// Listens from its making on, so that no signal is missed.
pub struct Signals {
    terminate: unix::Signal,
    interrupt: unix::Signal,
}

/// Which of them came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// SIGTERM: a supervisor.
    Terminate,
    /// SIGINT: a person.
    Interrupt,
}

impl Told {
    /// As shells report a process that a signal ended.
    pub const fn code(self) -> u8 {
        match self {
            Self::Terminate => 128 + 15,
            Self::Interrupt => 128 + 2,
        }
    }
}

impl Signals {
    /// From now on signals do not end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let listen = |kind| unix::signal(kind).context("signals cannot be listened to");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Terminate,
            _ = self.interrupt.recv() => Told::Interrupt,
        }
    }
}
