//! The demo company's products, their requirements, and the work on them. All of it is invented.

/// A product.
pub(super) struct ProductPlan {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) status: &'static str,
    pub(super) description: &'static str,
    /// Index of the owner among the product people.
    pub(super) owner: usize,
    /// Members and their roles.
    pub(super) team: &'static [(usize, &'static str)],
    /// Requirements by chapter.
    pub(super) chapters: &'static [Chapter],
    /// Components; most tasks are about these.
    pub(super) parts: &'static [&'static str],
    /// Number of tasks.
    pub(super) tasks: usize,
    /// Milestones with their due dates, in days from now.
    pub(super) milestones: &'static [(&'static str, i64)],
}

/// A parent requirement with its children.
pub(super) struct Chapter {
    pub(super) title: &'static str,
    pub(super) priority: &'static str,
    /// Title and acceptance criteria.
    pub(super) requirements: &'static [(&'static str, &'static [&'static str])],
}

/// Product people; the first two own products.
pub(super) const PRODUCT_PEOPLE: [super::company::Person; 7] = [
    super::company::Person { username: "sofia", name: "Sofia Marchetti", role: "manager" },
    super::company::Person { username: "daniel", name: "Daniel Brandt", role: "manager" },
    super::company::Person { username: "yuki", name: "Yuki Mori", role: "team_member" },
    super::company::Person { username: "oskar", name: "Oskar Nyberg", role: "team_member" },
    super::company::Person { username: "amara", name: "Amara Diallo", role: "team_member" },
    super::company::Person { username: "lukas", name: "Lukas Steiner", role: "team_member" },
    super::company::Person { username: "elena", name: "Elena Petrova", role: "team_member" },
];

/// Work on a part, in this order, with its hours and label.
#[rustfmt::skip]
pub(super) const WORK: [(&str, u32, &str); 9] = [
    ("Sketch {part}", 6, "design"),
    ("Draw {part} to scale", 14, "design"),
    ("Select suppliers for {part}", 8, "sourcing"),
    ("Build the first prototype of {part}", 24, "prototype"),
    ("Measure {part} under load", 12, "test"),
    ("Write the manual page for {part}", 4, "documents"),
    ("Review {part} with safety", 6, "safety"),
    ("Reduce the cost of {part}", 16, "cost"),
    ("Fix the test findings for {part}", 10, "test"),
];

/// Comments on tasks.
pub(super) const REMARKS: [&str; 6] = [
    "The drawing is in the assets. Please check the tolerance of the bore.",
    "The supplier says four weeks. I'm asking a second one.",
    "Measured again with the new fixture: 3% better than last time.",
    "This depends on the requirement; the load has changed since then.",
    "Done on the bench, not yet on the robot.",
    "Can we split this? The firmware half is ready.",
];

/// The products.
#[rustfmt::skip]
pub(super) const PLANS: [ProductPlan; 3] = [
    ProductPlan {
        key: "ATL", name: "Atlas Picker", status: "active", owner: 0, tasks: 170,
        description: "# Atlas Picker\n\nA mobile robot that picks single items from shelves up to **2.4 m** high.\n\n\
            - picks 450 items an hour, alongside people\n- recharges itself between shifts\n- fits aisles of 1.1 m\n\n\
            The pilot runs at two customers; series production begins next year.",
        team: &[(2, "designer"), (3, "engineer"), (4, "engineer"), (6, "tester")],
        chapters: &[
            Chapter { title: "Picking", priority: "critical", requirements: &[
                ("Picks 450 items an hour over a shift", &["Measured over eight hours", "Mixed bin of 200 items"]),
                ("Holds items from 5 g to 3 kg", &["No drop in 1,000 lifts", "Soft packs keep their shape"]),
                ("Recognizes items it has never seen", &["95% of 500 unknown items"]),
                ("Returns items picked by mistake", &["Within 20 s", "Without human help"]),
            ] },
            Chapter { title: "Moving", priority: "high", requirements: &[
                ("Turns in a 1.1 m aisle", &["With a full tote"]),
                ("Drives at 1.5 m/s alongside people", &["Stops within 0.4 m", "Warns only people it detects"]),
                ("Climbs a 5% ramp", &["Loaded", "Wet floor"]),
            ] },
            Chapter { title: "Power", priority: "medium", requirements: &[
                ("Runs for ten hours on one charge", &["At 15 °C", "After 500 cycles"]),
                ("Charges to 80% in 25 minutes", &["Cells stay under 45 °C"]),
                ("Finds its charger on its own", &["From anywhere on the floor"]),
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
    ProductPlan {
        key: "SRT", name: "Sorter Cell", status: "launched", owner: 1, tasks: 130,
        description: "# Sorter Cell\n\nA fenced cell that sorts parcels by destination, **2,400 an hour**, with one operator.\n\n\
            In the field since spring: 14 cells at six customers. Current work focuses on cost and noise.",
        team: &[(3, "engineer"), (5, "engineer"), (6, "tester")],
        chapters: &[
            Chapter { title: "Throughput", priority: "high", requirements: &[
                ("Sorts 2,400 parcels an hour", &["Mixed sizes", "One operator"]),
                ("Reads labels on five sides", &["99.5% first time"]),
                ("Restarts within a minute of a jam", &["Without tools"]),
            ] },
            Chapter { title: "Safety and noise", priority: "critical", requirements: &[
                ("Stops when the door opens", &["Performance level d", "Within 0.3 s"]),
                ("Stays under 72 dB(A) at one metre", &["At full speed"]),
            ] },
            Chapter { title: "Service", priority: "medium", requirements: &[
                ("A belt can be replaced in 30 minutes", &["By one person"]),
                ("Predicts bearing failure a week ahead", &["Four of five failures"]),
            ] },
        ],
        parts: &[
            "the infeed belt", "the tilt tray", "the label tunnel", "the chute", "the light curtain", "the door switch",
            "the main drive", "the bearing sensor", "the control cabinet", "the operator panel", "the noise cover",
            "the spare part list", "the jam detector", "the parcel scale", "the network gateway",
        ],
        milestones: &[
            ("Launch", -210), ("Ten cells in the field", -60), ("Quiet kit", 9), ("Cost down 12%", 120),
        ],
    },
    ProductPlan {
        key: "FLT", name: "Fleet Console", status: "planning", owner: 0, tasks: 110,
        description: "# Fleet Console\n\nThe shift leader's screen for the whole day: where every robot is, what it is doing and what it needs.\n\n\
            | for | what |\n|---|---|\n| shift leader | live map, queue, alarms |\n| technician | logs, updates, parts |",
        team: &[(2, "designer"), (4, "engineer"), (5, "engineer")],
        chapters: &[
            Chapter { title: "Live view", priority: "high", requirements: &[
                ("Shows 200 robots on one map", &["Positions are at most 1 s old", "On a tablet"]),
                ("Distinguishes alarms from notices at a glance", &["Without colour", "From three metres"]),
                ("Reassigns a robot's work to another", &["In two taps"]),
            ] },
            Chapter { title: "Updates", priority: "medium", requirements: &[
                ("Updates robots while they charge", &["Rolls back on failure"]),
                ("Explains what an update changes", &["In the reader's language"]),
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
    fn each_product_has_enough_work_and_people() {
        for plan in &PLANS {
            assert!(plan.parts.len() * WORK.len() >= plan.tasks, "{}", plan.key);
            assert_eq!(PRODUCT_PEOPLE[plan.owner].role, "manager", "{}", plan.key);
            assert!(plan.team.iter().all(|(who, _)| *who < PRODUCT_PEOPLE.len()), "{}", plan.key);
        }
        assert!(PLANS.iter().map(|plan| plan.tasks).sum::<usize>() >= 400);
    }
}
