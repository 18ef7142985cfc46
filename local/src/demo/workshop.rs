//! What the demo company builds: three products, what they must do, and the work on them. All of it is invented.

/// A product.
pub(super) struct Build {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) status: &'static str,
    pub(super) description: &'static str,
    /// Which of the product people owns it.
    pub(super) owner: usize,
    /// Who works on it, and as what.
    pub(super) team: &'static [(usize, &'static str)],
    /// What it must do, chapter by chapter.
    pub(super) chapters: &'static [Chapter],
    /// What it is made of; most of the work is about these.
    pub(super) parts: &'static [&'static str],
    /// How many tasks it has.
    pub(super) tasks: usize,
    /// By when what is to be reached, in days from now.
    pub(super) milestones: &'static [(&'static str, i64)],
}

/// Requirements under one that holds them together.
pub(super) struct Chapter {
    pub(super) title: &'static str,
    pub(super) priority: &'static str,
    /// Title, and what is checked before it counts as met.
    pub(super) requirements: &'static [(&'static str, &'static [&'static str])],
}

/// The people who build; the first two own products.
pub(super) const BUILDERS: [super::company::Person; 7] = [
    super::company::Person { username: "sofia", name: "Sofia Marchetti", role: "manager" },
    super::company::Person { username: "daniel", name: "Daniel Brandt", role: "manager" },
    super::company::Person { username: "yuki", name: "Yuki Mori", role: "team_member" },
    super::company::Person { username: "oskar", name: "Oskar Nyberg", role: "team_member" },
    super::company::Person { username: "amara", name: "Amara Diallo", role: "team_member" },
    super::company::Person { username: "lukas", name: "Lukas Steiner", role: "team_member" },
    super::company::Person { username: "elena", name: "Elena Petrova", role: "team_member" },
];

/// What is done with a part, in this order, with the hours that it takes and what it is found by.
#[rustfmt::skip]
pub(super) const WORK: [(&str, u32, &str); 9] = [
    ("Sketch {part}", 6, "design"),
    ("Draw {part} to scale", 14, "design"),
    ("Choose suppliers for {part}", 8, "sourcing"),
    ("Build {part} for the first time", 24, "prototype"),
    ("Measure {part} under load", 12, "test"),
    ("Write the manual page on {part}", 4, "documents"),
    ("Review {part} with safety", 6, "safety"),
    ("Cut the cost of {part}", 16, "cost"),
    ("Fix what the test of {part} showed", 10, "test"),
];

/// What people say about a task.
pub(super) const REMARKS: [&str; 6] = [
    "The drawing is in the assets. Please look at the tolerance of the bore.",
    "Supplier says four weeks. I ask a second one.",
    "Measured again with the new fixture: 3 % better than last time.",
    "This depends on the requirement; the load has changed since.",
    "Done on the bench, not yet on the robot.",
    "Can we split this? The firmware half is ready.",
];

/// What is built.
#[rustfmt::skip]
pub(super) const BUILDS: [Build; 3] = [
    Build {
        key: "ATL", name: "Atlas Picker", status: "active", owner: 0, tasks: 170,
        description: "# Atlas Picker\n\nA mobile robot that picks single items from shelves up to **2.4 m** high.\n\n\
            - picks 450 items an hour, beside people\n- charges itself between shifts\n- fits aisles of 1.1 m\n\n\
            The pilot runs at two customers; series production begins next year.",
        team: &[(2, "designer"), (3, "engineer"), (4, "engineer"), (6, "tester")],
        chapters: &[
            Chapter { title: "Picking", priority: "critical", requirements: &[
                ("Picks 450 items an hour over a shift", &["Measured over eight hours", "Mixed bin of 200 items"]),
                ("Holds items from 5 g to 3 kg", &["No drop in 1,000 lifts", "Soft packs keep their shape"]),
                ("Knows an item that it has never seen", &["95 % of 500 unknown items"]),
                ("Puts back what it took by mistake", &["Within 20 s", "Without a person"]),
            ] },
            Chapter { title: "Moving", priority: "high", requirements: &[
                ("Turns in an aisle of 1.1 m", &["With a full tote"]),
                ("Drives at 1.5 m/s beside people", &["Stops within 0.4 m", "Speaks to nobody it does not see"]),
                ("Climbs a ramp of 5 %", &["Loaded", "Wet floor"]),
            ] },
            Chapter { title: "Power", priority: "medium", requirements: &[
                ("Works ten hours on one charge", &["At 15 °C", "After 500 cycles"]),
                ("Charges to 80 % in 25 minutes", &["Cells stay under 45 °C"]),
                ("Finds its charger by itself", &["From anywhere on the floor"]),
            ] },
        ],
        parts: &[
            "the gripper finger", "the suction cup", "the wrist joint", "the mast", "the camera head", "the wheel hub",
            "the bumper", "the battery tray", "the charging contact", "the tote lift", "the status light", "the base frame",
            "the cable chain", "the lidar mount", "the emergency stop", "the arm controller", "the drive firmware",
            "the grasp planner", "the label reader",
        ],
        milestones: &[
            ("Proof of concept", -250), ("Pilot at first customer", -95), ("Design freeze", 18), ("CE marking", 75),
            ("Series production", 190),
        ],
    },
    Build {
        key: "SRT", name: "Sorter Cell", status: "launched", owner: 1, tasks: 130,
        description: "# Sorter Cell\n\nA fenced cell that sorts parcels by destination, **2,400 an hour**, with one operator.\n\n\
            In the field since spring: 14 cells at six customers. Work now is on cost and on noise.",
        team: &[(3, "engineer"), (5, "engineer"), (6, "tester")],
        chapters: &[
            Chapter { title: "Throughput", priority: "high", requirements: &[
                ("Sorts 2,400 parcels an hour", &["Mixed sizes", "One operator"]),
                ("Reads labels on five sides", &["99.5 % first time"]),
                ("Starts again within a minute of a jam", &["Without tools"]),
            ] },
            Chapter { title: "Safety and noise", priority: "critical", requirements: &[
                ("Stops when the door opens", &["Performance level d", "Within 0.3 s"]),
                ("Stays under 72 dB(A) at one metre", &["At full speed"]),
            ] },
            Chapter { title: "Service", priority: "medium", requirements: &[
                ("A belt is changed in 30 minutes", &["By one person"]),
                ("Tells a week ahead that a bearing will fail", &["Four of five failures"]),
            ] },
        ],
        parts: &[
            "the infeed belt", "the tilt tray", "the label tunnel", "the chute", "the light curtain", "the door switch",
            "the main drive", "the bearing sensor", "the control cabinet", "the operator panel", "the noise cover",
            "the spare part list", "the jam detector", "the parcel scale", "the network gateway",
        ],
        milestones: &[
            ("Launch", -210), ("Ten cells in the field", -60), ("Quiet kit", 9), ("Cost down 12 %", 120),
        ],
    },
    Build {
        key: "FLT", name: "Fleet Console", status: "planning", owner: 0, tasks: 110,
        description: "# Fleet Console\n\nWhat a shift leader has open all day: where every robot is, what it does, what it needs.\n\n\
            | for | what |\n|---|---|\n| shift leader | live map, queue, alarms |\n| technician | logs, updates, parts |",
        team: &[(2, "designer"), (4, "engineer"), (5, "engineer")],
        chapters: &[
            Chapter { title: "Live view", priority: "high", requirements: &[
                ("Shows 200 robots on one map", &["Moves are at most 1 s old", "On a tablet"]),
                ("Tells an alarm from a notice at a glance", &["Without colour", "From three metres"]),
                ("Hands a robot's work to another", &["In two taps"]),
            ] },
            Chapter { title: "Updates", priority: "medium", requirements: &[
                ("Updates robots while they charge", &["Falls back when it fails"]),
                ("Says what an update changes", &["In the reader's language"]),
            ] },
        ],
        parts: &[
            "the floor map", "the robot card", "the alarm list", "the work queue", "the shift report", "the update page",
            "the sign-in page", "the log viewer", "the map editor", "the tablet layout", "the event stream", "the role model",
            "the language files",
        ],
        milestones: &[("Clickable draft", -40), ("First floor live", 32), ("Release 1.0", 130)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_build_has_work_enough_for_its_tasks_and_people_for_it() {
        for build in &BUILDS {
            assert!(build.parts.len() * WORK.len() >= build.tasks, "{}", build.key);
            assert_eq!(BUILDERS[build.owner].role, "manager", "{}", build.key);
            assert!(build.team.iter().all(|(who, _)| *who < BUILDERS.len()), "{}", build.key);
        }
        assert!(BUILDS.iter().map(|build| build.tasks).sum::<usize>() >= 400);
    }
}
