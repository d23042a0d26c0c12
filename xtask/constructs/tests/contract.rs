//! The types match the schemas in constructs.yaml.

use xtask::input::source::Source;

#[path = "../../../tests/tests/sdk/schemas/contract.rs"]
mod contract;

#[test]
fn types_match_the_description() {
    let description = Source::parse("constructs.yaml", include_str!("../constructs.yaml")).expect("YAML");
    match contract::hold(&description.value) {
        Ok(compared) => println!("{compared:?}"),
        Err(differences) => panic!("{differences}"),
    }
}
