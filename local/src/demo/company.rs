//! The demo company: a manufacturer of warehouse robots and its investors. All names are invented; addresses use the domains and numbers
//! reserved for examples.

/// A user of the demo other than its admin.
pub(super) struct Person {
    pub(super) username: &'static str,
    pub(super) name: &'static str,
    pub(super) role: &'static str,
}

pub(super) const ADMIN: Person = Person { username: "admin", name: "Ingrid Halden", role: "admin" };

/// The other users. The first [`MANAGERS`] are relationship managers.
pub(super) const PEOPLE: [Person; 5] = [
    Person { username: "rosa", name: "Rosa Lindqvist", role: "relationship_manager" },
    Person { username: "malik", name: "Malik Okafor", role: "relationship_manager" },
    Person { username: "jonas", name: "Jonas Weber", role: "relationship_manager" },
    Person { username: "mei", name: "Mei Tanaka", role: "relationship_manager" },
    Person { username: "nora", name: "Nora Petersen", role: "analyst" },
];

/// Number of relationship managers.
pub(super) const MANAGERS: usize = 4;

pub(super) struct InvestorRow {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) tier: &'static str,
    pub(super) country: &'static str,
    pub(super) address: &'static str,
    pub(super) tags: &'static [&'static str],
    /// Contact person.
    pub(super) contact: &'static str,
}

const fn row(
    name: &'static str,
    kind: &'static str,
    tier: &'static str,
    country: &'static str,
    address: &'static str,
    tags: &'static [&'static str],
    contact: &'static str,
) -> InvestorRow {
    InvestorRow { name, kind, tier, country, address, tags, contact }
}

/// Investors from this index on are duplicates that get deleted.
pub(super) const FIRST_DELETED: usize = 60;

#[rustfmt::skip]
pub(super) const INVESTORS: [InvestorRow; 62] = [
    row("Fjordlight Ventures", "fund", "platinum", "NO", "Bryggegata 6, 0250 Oslo",
        &["lead", "robotics", "series A"], "Henrik Aas"),
    row("Alder & Finch Partners", "fund", "platinum", "GB", "14 Curtain Road, London EC2A",
        &["board seat", "series A"], "Priya Raman"),
    row("Meridian Growth Fund II", "fund", "platinum", "US", "200 Harbor Street, Boston, MA 02110",
        &["growth", "series B"], "Daniel Cho"),
    row("Castellane Family Office", "family_office", "platinum", "CH", "Rue du Rhône 48, 1204 Geneva",
        &["long term", "series A"], "Élodie Castellane"),
    row("Tamsin Whitlock", "person", "gold", "GB", "3 Mill Lane, Cambridge CB2", &["angel", "hardware"], "Tamsin Whitlock"),
    row("Oakmoor Capital", "fund", "gold", "IE", "21 Merrion Row, Dublin 2", &["seed", "robotics"], "Conor Brady"),
    row("Nakamura Industries", "company", "gold", "JP", "2-11 Marunouchi, Chiyoda, Tokyo",
        &["strategic", "logistics"], "Yuki Nakamura"),
    row("Lindenhof Beteiligungen", "fund", "gold", "DE", "Lindenhof 9, 20095 Hamburg", &["series A"], "Jörg Petzold"),
    row("Bluebird Logistics", "company", "gold", "NL", "Wilhelminakade 300, 3072 Rotterdam",
        &["strategic", "pilot customer"], "Sanne de Vries"),
    row("Ostrava Angel Circle", "fund", "gold", "CZ", "Nádražní 18, 702 00 Ostrava", &["angel", "seed"], "Tomáš Havel"),
    row("Amara Nwosu", "person", "gold", "NG", "8 Kingsway Road, Ikoyi, Lagos", &["angel"], "Amara Nwosu"),
    row("Copperleaf Family Trust", "family_office", "gold", "US", "77 Juniper Avenue, Denver, CO 80202",
        &["long term"], "Ruth Copperleaf"),
    row("Sable Ridge Ventures", "fund", "silver", "US", "1180 Mission Street, San Francisco, CA 94103", &["seed"], "Marcus Hale"),
    row("Vantaa Holding", "company", "silver", "FI", "Tikkurilantie 5, 01370 Vantaa", &["strategic"], "Aino Laine"),
    row("Pilar Echeverría", "person", "silver", "ES", "Calle de Serrano 61, 28006 Madrid",
        &["angel", "operations"], "Pilar Echeverría"),
    row("Kestrel Seed Fund", "fund", "silver", "DK", "Nørregade 28, 1165 Copenhagen", &["seed", "climate"], "Mads Friis"),
    row("Rathmore Investments", "family_office", "silver", "IE", "Quay House, Galway", &["seed"], "Aoife Rathmore"),
    row("Delta Automation Group", "company", "silver", "IT", "Via Torino 40, 20123 Milan",
        &["strategic", "robotics"], "Luca Ferri"),
    row("Greta Sørensen", "person", "silver", "DK", "Strandvejen 112, 2900 Hellerup", &["angel"], "Greta Sørensen"),
    row("Harrow Bridge Capital", "fund", "silver", "GB", "90 Bartholomew Close, London EC1A", &["series A"], "Oliver Stanton"),
    row("Mistral Participations", "fund", "silver", "FR", "12 Quai de Rive Neuve, 13007 Marseille",
        &["series A"], "Camille Roux"),
    row("Zhang Wei", "person", "silver", "SG", "31 Amoy Street, Singapore", &["angel", "supply chain"], "Zhang Wei"),
    row("Tallinn Tech Syndicate", "fund", "bronze", "EE", "Telliskivi 60a, 10412 Tallinn", &["angel", "seed"], "Kadri Saar"),
    row("Björn Eklund", "person", "bronze", "SE", "Hornsgatan 33, 118 49 Stockholm", &["angel"], "Björn Eklund"),
    row("Prairie Grain Cooperative", "company", "bronze", "CA", "410 Portage Avenue, Winnipeg", &["strategic"], "Ellen Friesen"),
    row("Hollis & Daughters", "family_office", "bronze", "US", "5 Orchard Street, Portland, ME 04101",
        &["seed"], "Margaret Hollis"),
    row("Ana Kovačević", "person", "bronze", "HR", "Ilica 14, 10000 Zagreb", &["angel"], "Ana Kovačević"),
    row("Southern Cross Angels", "fund", "bronze", "AU", "55 Flinders Lane, Melbourne VIC 3000", &["angel"], "Jack Moloney"),
    row("Iberia Warehousing", "company", "bronze", "PT", "Rua do Ouro 140, 1100 Lisbon", &["pilot customer"], "Rui Almeida"),
    row("Desmond Achterberg", "person", "bronze", "NL", "Herengracht 210, 1016 Amsterdam", &["angel"], "Desmond Achterberg"),
    row("Polaris Pension Fund", "fund", "prospect", "NO", "Stortingsgata 12, 0161 Oslo",
        &["series B", "institution"], "Sigrid Moen"),
    row("Everline Ventures", "fund", "prospect", "US", "601 West 26th Street, New York, NY 10001", &["series B"], "Naomi Feld"),
    row("Bhatt Family Office", "family_office", "prospect", "IN", "Nariman Point, Mumbai 400021", &["series B"], "Kavita Bhatt"),
    row("Grünwald Robotik", "company", "prospect", "AT", "Mariahilfer Straße 88, 1070 Vienna",
        &["strategic", "robotics"], "Stefan Grünwald"),
    row("Laurent Mbeki", "person", "prospect", "ZA", "19 Bree Street, Cape Town 8001", &["angel"], "Laurent Mbeki"),
    row("Silk Road Partners", "fund", "prospect", "AE", "Gate Village 4, Dubai", &["series B", "growth"], "Omar Haddad"),
    row("Cascadia Impact Fund", "fund", "prospect", "CA", "1055 West Hastings, Vancouver",
        &["climate", "series B"], "Joanne Wick"),
    row("Helvetia Logistik", "company", "prospect", "CH", "Europaallee 41, 8004 Zurich",
        &["strategic", "logistics"], "Reto Amstutz"),
    row("Ximena Duarte", "person", "prospect", "CL", "Avenida Apoquindo 3000, Santiago", &["angel"], "Ximena Duarte"),
    row("Old Harbour Trust", "family_office", "prospect", "GB", "2 Castle Street, Edinburgh EH2", &["long term"], "Fiona Mackay"),
    row("Harbourline Capital", "fund", "gold", "NL", "Keizersgracht 391, 1016 Amsterdam",
        &["series A", "growth"],"Marieke Visser"),
    row("Yara Benhaddou", "person", "silver", "FR", "17 Rue Oberkampf, 75011 Paris", &["angel", "hardware"],"Yara Benhaddou"),
    row("Tidewater Pension Scheme", "fund", "platinum", "GB", "1 Quayside, Newcastle NE1",
        &["institution", "series A"],"Gareth Pryce"),
    row("Sakura Automation Fund", "fund", "gold", "JP", "4-3 Nihonbashi, Chuo, Tokyo", &["robotics", "strategic"],"Haruto Sakai"),
    row("Montclair Family Holdings", "family_office", "silver", "US", "12 Valley Road, Montclair, NJ 07042",
        &["long term"],"Denise Fowler"),
    row("Arvid Holmgren", "person", "bronze", "SE", "Linnégatan 7, 114 47 Stockholm", &["angel"],"Arvid Holmgren"),
    row("Baltic Growth Partners", "fund", "silver", "LT", "Gedimino 20, 01103 Vilnius", &["series A", "climate"],"Ieva Petraitė"),
    row("Grasmere Ventures", "fund", "silver", "GB", "44 Princess Street, Manchester M1", &["seed"],"Sophie Lister"),
    row("Quintas do Norte", "family_office", "bronze", "PT", "Rua de Cedofeita 210, 4050 Porto", &["seed"],"Teresa Moura"),
    row("Ironbark Logistics", "company", "silver", "AU", "8 Collins Street, Melbourne VIC 3000",
        &["pilot customer", "logistics"],"Bruce Tanner"),
    row("Hana Kimura", "person", "bronze", "JP", "5-1 Jingumae, Shibuya, Tokyo", &["angel", "operations"],"Hana Kimura"),
    row("Redwood Trail Capital", "fund", "gold", "US", "88 Kearny Street, San Francisco, CA 94108",
        &["growth", "series B"],"Alicia Romero"),
    row("Elbe Maschinenbau", "company", "bronze", "DE", "Neustädter Markt 4, 01097 Dresden",
        &["strategic", "hardware"],"Uwe Brandt"),
    row("Nils & Partner", "fund", "bronze", "DK", "Vestergade 19, 8000 Aarhus", &["angel"],"Nils Thomsen"),
    row("Cordillera Impact", "fund", "silver", "CL", "Isidora Goyenechea 2800, Santiago", &["climate"],"Rodrigo Paz"),
    row("Whitestone Endowment", "fund", "prospect", "US", "1 College Hill, Amherst, MA 01002",
        &["institution", "series B"],"Carolyn Brooks"),
    row("Alpenrand Capital", "fund", "prospect", "AT", "Maria-Theresien-Straße 31, 6020 Innsbruck", &["growth"],"Lena Moser"),
    row("Kofi Mensah", "person", "prospect", "GH", "11 Oxford Street, Osu, Accra", &["angel"],"Kofi Mensah"),
    row("Ravensworth Trust", "family_office", "bronze", "GB", "9 Grey Street, Newcastle NE1",
        &["long term", "seed"],"Hugh Ravensworth"),
    row("Saltmarsh Angels", "fund", "bronze", "IE", "Pier Road, Kinsale", &["angel", "seed"],"Niamh Daly"),
    row("Fjordlight Ventures AS", "fund", "prospect", "NO", "Bryggegata 6, 0250 Oslo", &["lead"],"Henrik Aas"),
    row("Old Harbor Trust", "family_office", "prospect", "GB", "2 Castle St, Edinburgh", &["long term"],"Fiona Mackay"),
];
