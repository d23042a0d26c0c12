//! `cargo xtask explain`.

use std::fs;

use serde_json::json;

use crate::checkout::{checkout, patched, pets_checkout, text, xtask};

#[test]
fn a_place_is_explained_with_its_names_and_notes() {
    let patch = json!({"components": {"schemas": {"NewPet": {"properties": {"tag": {"format": "a+"}}}}}});
    let checkout = checkout("pets.json", &patched(&patch).to_string(), "0.1.0");
    let root = checkout.path();
    let note = "note[unchecked-format]: #/components/schemas/NewPet/properties/tag: ";
    for (pointer, expected, has_note) in [
        (
            "#/components/schemas/NewPet",
            &[
                "types::NewPet: a struct, which requests hold\n  from #/components/schemas/NewPet\n",
                "field      name: String (`name`, required)",
            ][..],
            true,
        ),
        (
            "/components/schemas/NewPet/properties/tag",
            &["a part of #/components/schemas/NewPet, the field types::NewPet.tag"],
            true,
        ),
        (
            "#/components/schemas/NewPet/properties/name",
            &["a part of #/components/schemas/NewPet, the field types::NewPet.name"],
            false,
        ),
        (
            "/paths/~1pets/get",
            &[
                "Client::list_pets: GET /pets",
                "parameter  builder::ListPets::limit: `limit` in the query\n",
                "success    200 OK: Vec<Pet> as application/json",
                "failure    404 Not Found -> types::ListPetsError::NotFound: Problem as application/json",
            ],
            false,
        ),
        (
            "#/paths/~1pets",
            &[
                "Client::list_pets: GET /pets",
                "Client::create_pet: POST /pets",
                "body       builder::CreatePet::body: NewPet as application/json, required\n",
                "property   builder::CreatePet::name: `name`, required\n",
                "property   builder::CreatePet::tag: `tag`\n",
            ],
            false,
        ),
        (
            "/info",
            &["neither a type nor an operation", "\"title\": \"Pets\""],
            false,
        ),
    ] {
        let output = xtask(root, &["explain", pointer]);
        let told = text(&output.stdout);
        assert!(output.status.success(), "{pointer}: {}", text(&output.stderr));
        for expected in expected {
            assert!(told.contains(expected), "{pointer}: {expected} is not in:\n{told}");
        }
        assert_eq!(text(&output.stderr).contains(note), has_note, "{pointer}");
    }
    let whole = xtask(root, &["explain"]);
    for expected in [
        "Client::list_pets: GET /pets",
        "Client::create_pet: POST /pets",
        "types::NewPet: a struct",
    ] {
        assert!(text(&whole.stdout).contains(expected), "{expected}");
    }
    assert!(text(&whole.stderr).contains(note));
}

#[test]
fn an_unknown_place_is_told_from_the_nearest_one_that_there_is() {
    let checkout = pets_checkout();
    let root = checkout.path();
    fs::write(
        root.join("openapi/overlay.yaml"),
        "\
overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
- {target: \"$.paths['/pets'].post\", description: Not ours., remove: true}
",
    )
    .unwrap();
    for (pointer, messages) in [
        (
            "#/components/schemas/Dog/properties",
            &[
                "nothing at #/components/schemas/Dog/properties",
                "at: #/components/schemas\n",
                "openapi/pets.json:1",
                "#/components/schemas/Pet\n",
            ][..],
        ),
        ("/info/title/x", &["at: #/info/title\n", "do: "]),
        (
            "/paths/~1pets/post",
            &["the overlay removes this", "at: #/paths/~1pets/post"],
        ),
        ("Pet", &["`Pet` is not a JSON pointer", "begin it with"]),
    ] {
        let output = xtask(root, &["explain", pointer]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(text(&output.stdout), "");
        for message in messages {
            assert!(error.contains(message), "{message} is not in:\n{error}");
        }
    }
}

#[test]
fn wrong_command_lines_print_the_usage() {
    let checkout = pets_checkout();
    for arguments in [
        &["update"][..],
        &["update", "a", "b"],
        &["update", "a", "--check"],
        &["explain", "/a", "/b"],
        &["generate", "--dry-run"],
        &["generate", "a"],
    ] {
        let output = xtask(checkout.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains("Usage: cargo xtask "), "{arguments:?}");
    }
}
