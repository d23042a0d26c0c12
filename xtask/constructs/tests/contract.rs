//! The types match the schemas in constructs.yaml.

#[path = "../../../tests/tests/sdk/schemas/contract.rs"]
mod contract;
#[path = "../../../tests/tests/sdk/schemas/yaml.rs"]
mod yaml;

#[test]
fn types_match_the_description() {
    match contract::hold(&yaml::parsed(include_str!("../constructs.yaml"))) {
        Ok(compared) => println!("{compared:?}"),
        Err(differences) => panic!("{differences}"),
    }
}
