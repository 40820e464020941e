//! T24: a model of the engine's protocol (claim, arm, send, verdict, expiry, look), checked in every order of events
//! with two workers and a channel that may delay requests, lose them, and lose answers. No order has two effects, and
//! every order ends. Each guard is needed: without it the checker finds the order in which readers see the item twice.

use stateright::{Checker as _, HasDiscoveries, Model, Property};

const WORKERS: usize = 2;
/// How often the same content may be sent again after it was proven absent.
const MOST_RESENDS: usize = 1;
/// How many deaths, stalls and power cuts there may be in one order of events.
const MOST_TROUBLES: u8 = 2;

/// What keeps an item from being there twice.
#[derive(Clone, Copy)]
struct Guards {
    /// A commit is written down before it is sent.
    arm_row: bool,
    /// A write must carry the token under which the delivery is held.
    token: bool,
    /// Nobody looks before the call is surely over.
    quiet: bool,
    /// What was committed survives a power cut.
    durable: bool,
    /// A call that was not begun by its deadline is not begun any more.
    deadline: bool,
}

impl Guards {
    const ALL: Self = Self {
        arm_row: true,
        token: true,
        quiet: true,
        durable: true,
        deadline: true,
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Life {
    Ready,
    Working,
    Uncertain,
    Reconciling,
    Published,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Pending,
    Armed,
    Unknown,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Verdict {
    Absent,
    Unknown,
    Happened,
    NotHappened,
}

/// The delivery's row with its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Row {
    life: Life,
    token: u8,
    step: Step,
    resends: usize,
}

/// All that is in the database: the row, and the ledger by the number of the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stored {
    row: Row,
    ledger: [Verdict; MOST_RESENDS + 1],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Happened,
    NotSent,
    Lost,
}

/// What a worker is doing, with the row as it read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Hands {
    Idle,
    Holds(Row),
    MaySend(Row),
    Waits(Row),
    Heard(Row, Answer),
    Looks(Row),
    Saw(Row, bool),
}

impl Hands {
    const fn row(self) -> Option<Row> {
        match self {
            Self::Idle => None,
            Self::Holds(row)
            | Self::MaySend(row)
            | Self::Waits(row)
            | Self::Heard(row, _)
            | Self::Looks(row)
            | Self::Saw(row, _) => Some(row),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    stored: Stored,
    /// What a power cut goes back to, where commits are not durable.
    before: Option<Stored>,
    workers: [Hands; WORKERS],
    /// Requests on their way, by who sent them.
    under_way: Vec<usize>,
    effects: u8,
    troubles: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Claim(usize),
    Arm(usize),
    Send(usize),
    /// The request takes effect; whether its answer arrives.
    Land(usize, bool),
    /// The request is lost; whether the sender is told.
    Lose(usize, bool),
    GiveUpWaiting(usize),
    WriteVerdict(usize),
    ClaimLook(usize),
    Look(usize),
    WriteLook(usize),
    Expire,
    Die(usize),
    PowerCut,
}

struct Protocol(Guards);

impl Protocol {
    fn commit(&self, world: &mut World, stored: Stored) {
        if !self.0.durable {
            world.before = Some(world.stored);
        }
        world.stored = stored;
    }

    /// Writes a row that was read before, unless it is in other hands by now.
    fn save(&self, world: &mut World, held: Row, row: Row, verdict: Option<(usize, Verdict)>) {
        if self.0.token && world.stored.row.token != held.token {
            return;
        }
        let mut stored = Stored {
            row,
            ..world.stored
        };
        if let Some((sending, verdict)) = verdict {
            stored.ledger[sending] = verdict;
        }
        self.commit(world, stored);
    }

    fn is_quiet(&self, world: &World) -> bool {
        !self.0.quiet || world.under_way.is_empty()
    }
}

/// The row, let go into a state.
const fn let_go(row: Row, life: Life, step: Step) -> Row {
    Row {
        life,
        step,
        token: row.token + 1,
        ..row
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        let row = Row {
            life: Life::Ready,
            token: 0,
            step: Step::Pending,
            resends: 0,
        };
        vec![World {
            stored: Stored {
                row,
                ledger: [Verdict::Absent; MOST_RESENDS + 1],
            },
            before: None,
            workers: [Hands::Idle; WORKERS],
            under_way: Vec::new(),
            effects: 0,
            troubles: 0,
        }]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        let row = world.stored.row;
        let has_trouble = world.troubles < MOST_TROUBLES;
        let is_held = world
            .workers
            .iter()
            .any(|hands| hands.row().is_some_and(|held| held.token == row.token));
        for (who, hands) in world.workers.iter().enumerate() {
            match hands {
                Hands::Idle if row.life == Life::Ready => events.push(Event::Claim(who)),
                Hands::Idle if row.life == Life::Uncertain && self.is_quiet(world) => {
                    events.push(Event::ClaimLook(who));
                }
                Hands::Idle => {}
                Hands::Holds(_) => events.push(Event::Arm(who)),
                Hands::MaySend(_) => events.push(Event::Send(who)),
                Hands::Waits(_) => events.push(Event::GiveUpWaiting(who)),
                Hands::Heard(..) => events.push(Event::WriteVerdict(who)),
                Hands::Looks(_) => events.push(Event::Look(who)),
                Hands::Saw(..) => events.push(Event::WriteLook(who)),
            }
            if *hands != Hands::Idle && has_trouble {
                events.push(Event::Die(who));
            }
        }
        for request in 0..world.under_way.len() {
            events.extend([Event::Land(request, true), Event::Land(request, false)]);
            events.push(Event::Lose(request, false));
            if has_trouble {
                events.push(Event::Lose(request, true));
            }
        }
        // The lease of one who is dead ends in any case; that of one who only stands still is trouble.
        let is_leased = matches!(row.life, Life::Working | Life::Reconciling);
        if is_leased && (!is_held || has_trouble) {
            events.push(Event::Expire);
        }
        if has_trouble {
            events.push(Event::PowerCut);
        }
    }

    fn next_state(&self, last: &World, event: Event) -> Option<World> {
        let mut world = last.clone();
        let stored = last.stored;
        match event {
            Event::Claim(who) | Event::ClaimLook(who) => {
                let is_look = matches!(event, Event::ClaimLook(_));
                let life = if is_look {
                    Life::Reconciling
                } else {
                    Life::Working
                };
                let row = let_go(stored.row, life, stored.row.step);
                self.commit(&mut world, Stored { row, ..stored });
                if is_look && self.0.deadline && self.0.quiet {
                    // The quiet period is longer than any call: who has not begun it by now does not.
                    for hands in &mut world.workers {
                        if matches!(hands, Hands::MaySend(_)) {
                            *hands = Hands::Idle;
                        }
                    }
                }
                world.workers[who] = if is_look {
                    Hands::Looks(row)
                } else {
                    Hands::Holds(row)
                };
            }
            Event::Arm(who) => {
                let held = last.workers[who].row()?;
                world.workers[who] = Hands::Idle;
                if !self.0.arm_row {
                    world.workers[who] = Hands::MaySend(held);
                } else if self.0.token && stored.row.token != held.token {
                    // It is somebody else's by now.
                } else if matches!(
                    stored.ledger[held.resends],
                    Verdict::Absent | Verdict::NotHappened
                ) {
                    let row = Row {
                        step: Step::Armed,
                        ..held
                    };
                    let verdict = Some((held.resends, Verdict::Unknown));
                    self.save(&mut world, held, row, verdict);
                    world.workers[who] = Hands::MaySend(row);
                } else {
                    let row = let_go(held, Life::Uncertain, Step::Unknown);
                    self.save(&mut world, held, row, None);
                }
            }
            Event::Send(who) => {
                world.under_way.push(who);
                world.workers[who] = Hands::Waits(last.workers[who].row()?);
            }
            Event::Land(request, is_told) | Event::Lose(request, is_told) => {
                let who = world.under_way.remove(request);
                let has_effect = matches!(event, Event::Land(..));
                world.troubles += u8::from(is_told && !has_effect);
                world.effects += u8::from(has_effect);
                if let (true, Hands::Waits(row)) = (is_told, last.workers[who]) {
                    let answer = if has_effect {
                        Answer::Happened
                    } else {
                        Answer::NotSent
                    };
                    world.workers[who] = Hands::Heard(row, answer);
                }
            }
            Event::GiveUpWaiting(who) => {
                world.workers[who] = Hands::Heard(last.workers[who].row()?, Answer::Lost);
            }
            Event::WriteVerdict(who) => {
                let Hands::Heard(held, answer) = last.workers[who] else {
                    return None;
                };
                let (life, step, verdict) = match answer {
                    Answer::Happened => (Life::Published, Step::Done, Verdict::Happened),
                    Answer::NotSent => (Life::Ready, Step::Pending, Verdict::NotHappened),
                    Answer::Lost => (Life::Uncertain, Step::Unknown, Verdict::Unknown),
                };
                let row = let_go(held, life, step);
                self.save(&mut world, held, row, Some((held.resends, verdict)));
                world.workers[who] = Hands::Idle;
            }
            Event::Look(who) => {
                world.workers[who] = Hands::Saw(last.workers[who].row()?, last.effects > 0);
            }
            Event::WriteLook(who) => {
                let Hands::Saw(held, is_there) = last.workers[who] else {
                    return None;
                };
                let (row, verdict) = if is_there {
                    (let_go(held, Life::Published, Step::Done), Verdict::Happened)
                } else if held.resends < MOST_RESENDS {
                    let mut row = let_go(held, Life::Ready, Step::Pending);
                    row.resends += 1;
                    (row, Verdict::NotHappened)
                } else {
                    (
                        let_go(held, Life::Failed, Step::Pending),
                        Verdict::NotHappened,
                    )
                };
                self.save(&mut world, held, row, Some((held.resends, verdict)));
                world.workers[who] = Hands::Idle;
            }
            Event::Expire => {
                let row = stored.row;
                let is_held = last
                    .workers
                    .iter()
                    .any(|hands| hands.row().is_some_and(|held| held.token == row.token));
                world.troubles += u8::from(is_held);
                let row = match (row.life, row.step) {
                    (Life::Working, Step::Pending) => let_go(row, Life::Ready, Step::Pending),
                    _ => let_go(row, Life::Uncertain, Step::Unknown),
                };
                self.commit(&mut world, Stored { row, ..stored });
            }
            Event::Die(who) => {
                world.troubles += 1;
                world.workers[who] = Hands::Idle;
            }
            Event::PowerCut => {
                world.troubles += 1;
                world.workers = [Hands::Idle; WORKERS];
                world.stored = last.before.unwrap_or(stored);
                world.before = None;
            }
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("never twice", |_, world: &World| world.effects < 2),
            Property::always("what is said is true", |_, world: &World| {
                match world.stored.row.life {
                    Life::Published => world.effects == 1,
                    Life::Failed => world.effects == 0 && world.under_way.is_empty(),
                    _ => true,
                }
            }),
            Property::eventually("it ends", |_, world: &World| {
                matches!(world.stored.row.life, Life::Published | Life::Failed)
            }),
        ]
    }
}

#[test]
fn t24_no_order_of_events_has_two_effects_and_every_order_ends() {
    let checker = Protocol(Guards::ALL).checker().spawn_bfs().join();

    checker.assert_properties();
    assert!(checker.is_done());
    assert!(
        checker.unique_state_count() > 1000,
        "the model is too small to say anything: {} states",
        checker.unique_state_count()
    );
}

/// Without one guard, the checker finds an order in which readers see the item twice.
fn is_needed(guards: Guards) {
    let checker = Protocol(guards)
        .checker()
        .finish_when(HasDiscoveries::AnyOf(["never twice"].into()))
        .spawn_bfs()
        .join();

    let path = checker.discovery("never twice");
    assert!(path.is_some(), "nothing happens without this guard");
}

#[test]
fn t24_without_the_arm_row_readers_see_it_twice() {
    is_needed(Guards {
        arm_row: false,
        ..Guards::ALL
    });
}

#[test]
fn t24_without_the_token_guard_readers_see_it_twice() {
    is_needed(Guards {
        token: false,
        ..Guards::ALL
    });
}

#[test]
fn t24_without_the_quiet_period_readers_see_it_twice() {
    is_needed(Guards {
        quiet: false,
        ..Guards::ALL
    });
}

#[test]
fn t24_without_durable_commits_readers_see_it_twice() {
    is_needed(Guards {
        durable: false,
        ..Guards::ALL
    });
}

#[test]
fn t24_without_the_deadline_of_a_call_readers_see_it_twice() {
    is_needed(Guards {
        deadline: false,
        ..Guards::ALL
    });
}
