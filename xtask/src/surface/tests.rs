use super::*;

const MOD: &str = r#"
    //! Pets 1.0.0.
    pub(crate) const SERVER: &str = "https://example.com";
    impl crate::Client {
        /// Lists.
        #[deprecated]
        pub fn list_pets(&self) -> builder::ListPets<'_> { builder::ListPets::new(self) }
    }
"#;

const BUILDER: &str = r#"
    static LIST_PETS: Operation = Operation {
        name: "list_pets", method: Method::GET, path: "/pets", accept: "application/json",
        is_open: true, security: &[Scheme::Bearer],
    };
    #[derive(Debug, Clone)]
    pub struct ListPets<'a> { client: &'a Client, limit: Result<Option<i64>, String>, kind: Result<Kind, String> }
    impl<'a> ListPets<'a> {
        pub(crate) fn new(client: &'a Client) -> Self {
            Self { client, limit: Ok(None), kind: Err("missing".to_string()), body: Ok(Default::default()) }
        }
        pub fn limit<V>(mut self, value: V) -> Self where V: TryInto<i64>, V::Error: std::fmt::Display { self }
        pub fn kind<V>(mut self, value: V) -> Self where V: TryInto<types::Kind> { self }
        pub fn body_map<F>(mut self, f: F) -> Self
        where F: std::ops::FnOnce(types::builder::Pet) -> types::builder::Pet { self }
        pub async fn send(self) -> Result<Response<Vec<types::Pet>>, Error<types::ListPetsError>> { todo!() }
    }
"#;

const TYPES: &str = r"
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub enum ListPetsError { NotFound(Problem), Gone }
    impl std::fmt::Display for ListPetsError { fn fmt(&self) {} }
    #[derive(serde::Deserialize, Clone)]
    pub struct Pet { pub name: PetName, pub tags: std::collections::HashMap<String, (crate::Secret, i64)>, inner: u8 }
    impl Pet { pub fn builder() -> builder::Pet { Default::default() } fn hidden() {} }
    impl crate::multipart::Parts for Pet { fn add_to(&self) {} }
    #[derive(Clone)]
    pub struct PetName(String);
    impl From<PetName> for String { fn from(value: PetName) -> Self { value.0 } }
    impl<'de> serde::Deserialize<'de> for PetName {}
    impl std::str::FromStr for PetName {
        type Err = self::error::ConversionError;
        fn from_str(value: &str) -> Result<Self, Self::Err> {
            if length > 128 { return 0 }
            if length < 1 { return 0 }
        }
    }
";

const TYPE_BUILDERS: &str = r#"
    impl Default for Pet { fn default() -> Self { Self { name: Err("missing".to_string()), tags: Ok(Default::default()) } } }
    impl Pet { pub fn name<T>(mut self, value: T) -> Self where T: TryInto<super::PetName> { self } }
"#;

fn surface(types: &str) -> Surface {
    let files = [
        ("mod.rs", MOD),
        ("builder.rs", BUILDER),
        ("types.rs", types),
        ("types/builder.rs", TYPE_BUILDERS),
    ];
    let code = files.map(|(path, text)| Code {
        path: path.into(),
        text: text.into(),
    });
    Surface::of(&code).unwrap()
}

fn lines(group: &Group) -> Vec<String> {
    let line = |(path, member): (&String, &Member)| {
        let demanded = if member.is_demanded { ", required" } else { "" };
        format!("{} {path}{}{}{demanded}", member.kind, member.joint(), member.signature)
    };
    group.members.iter().map(line).collect()
}

#[test]
fn an_operation_has_what_its_caller_sets_and_gets() {
    let surface = surface(TYPES);
    assert_eq!(surface.title, "Pets 1.0.0");
    assert_eq!(surface.server, "https://example.com");
    let operation = &surface.groups[&Owner::Operation("list_pets".into())];
    assert_eq!(operation.head, "builder::ListPets, failing with types::ListPetsError");
    assert_eq!(operation.own, ["ListPets", "ListPetsError"]);
    assert!(operation.docs.starts_with(" Lists.\n"));
    assert_eq!(
        lines(operation),
        [
            "trait builder::ListPets: Clone",
            "trait builder::ListPets: Debug",
            "body builder::ListPets::body_map(impl FnOnce(builder::Pet) -> builder::Pet)",
            "parameter builder::ListPets::kind(Kind), required",
            "parameter builder::ListPets::limit(i64)",
            "success builder::ListPets::send(): Vec<Pet>",
            "credentials credentials Bearer: Bearer",
            "credentials credentials none: none",
            "deprecation deprecated: its use is discouraged",
            "request request: GET /pets",
            "trait types::ListPetsError: Clone",
            "trait types::ListPetsError: Debug",
            "trait types::ListPetsError: Display",
            "status types::ListPetsError::Gone",
            "status types::ListPetsError::NotFound(Problem)",
        ]
    );
    assert!(!surface.groups.contains_key(&Owner::Type("ListPetsError".into())));
}

#[test]
fn a_type_has_what_can_be_seen_of_it() {
    let surface = surface(TYPES);
    let group = |name: &str| &surface.groups[&Owner::Type(name.into())];
    assert_eq!(group("Pet").head, "struct");
    assert_eq!(
        lines(group("Pet")),
        [
            "field types::Pet.name: PetName, required",
            "field types::Pet.tags: std::collections::HashMap<String, (Secret, i64)>",
            "trait types::Pet: Clone",
            "trait types::Pet: Deserialize",
            "function types::Pet::builder() -> builder::Pet",
            "setter types::builder::Pet::name(PetName)",
        ]
    );
    assert_eq!(
        lines(group("PetName")),
        [
            "trait String: From<PetName>",
            "maximum length types::PetName maximum length: 128",
            "minimum length types::PetName minimum length: 1",
            "trait types::PetName: Clone",
            "trait types::PetName: Deserialize",
            "trait types::PetName: FromStr with Err = error::ConversionError",
        ]
    );
}

#[test]
fn documentation_is_told_from_code() {
    let pet = Owner::Type("Pet".into());
    let before = surface(TYPES);
    let documented = surface(&TYPES.replace("pub name:", "/** What it is called. */ pub name:"));
    assert_eq!(before.groups[&pet].code, documented.groups[&pet].code);
    assert_ne!(before.groups[&pet].docs, documented.groups[&pet].docs);
    let renamed = surface(&TYPES.replace("pub name:", "#[serde(rename = \"Name\")] pub name:"));
    assert_ne!(before.groups[&pet].code, renamed.groups[&pet].code);
    assert_eq!(before.groups[&pet].members, renamed.groups[&pet].members);
}

#[test]
fn names_are_changed_as_whole_words() {
    let surface = surface(TYPES);
    let operation = &surface.groups[&Owner::Operation("list_pets".into())];
    let names = [
        ("ListPets".to_owned(), "FindPets".to_owned()),
        ("Pet".into(), "Dog".into()),
    ];
    let lines = lines(&operation.renamed(&names));
    assert!(
        lines.contains(&"parameter builder::FindPets::limit(i64)".into()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"success builder::FindPets::send(): Vec<Dog>".into()),
        "{lines:?}"
    );
    assert!(lines.contains(&"status types::ListPetsError::Gone".into()), "{lines:?}");
}
