//! From the description to the [model](crate::model): the only place that knows JSON values as schemas.
//!
//! Pure functions tell which shape (`shape`) a schema has; one recursion (`build`) makes types of shapes. `null` takes null out of a
//! schema before that, and `Build::ty_of` puts it back as `Ty::Nullable`. What the model cannot say is a note; what cannot be
//! expressed at all is an error.

mod anchors;
mod bodies;
mod bounds;
mod build;
mod choice;
mod classify;
mod compose;
mod definition;
mod description;
mod discriminator;
mod docs;
mod families;
mod fields;
mod files;
mod headers;
mod hints;
mod info;
mod intersection;
mod json;
mod keep;
mod keywords;
mod media_type;
mod naming;
mod node;
mod null;
mod objects;
mod omit;
mod openapi_keywords;
mod operations;
mod parameters;
mod part_media_types;
mod parts;
mod paths;
mod references;
mod reports;
mod responses;
mod rules;
mod scalars;
mod secrets;
mod security;
mod shape;
mod site;
mod sorted;
mod unions;
mod vocabulary;

pub use info::check_version;
pub use keep::unmatched;
pub use omit::{with_remedy, without};

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    input::{
        diagnostic::{Errors, Note},
        overlay::Keep,
        pointer::Pointer,
    },
    model::{
        Api,
        operation::{Content, Operation},
        ty::Ty,
    },
};
use build::Build;
use description::{Description, component_at, schemas_at};
use families::Families;
use naming::TypeNames;
use references::References;
use reports::Reports;

/// What a description says, and what of it is lost.
#[derive(Debug)]
pub struct Parsed {
    /// The API.
    pub api: Api,
    /// What the description says and the client does not.
    pub notes: Vec<Note>,
}

/// Parses a description, or what `keep` keeps of it. Unless `is_strict`, an operation that cannot be expressed is left out, with a
/// note.
///
/// # Errors
///
/// Every error that is found. That it is OpenAPI 3 is asked by [`check_version`].
pub fn parse(root: &Value, keep: Option<&Keep>, is_strict: bool) -> Result<Parsed, Errors> {
    let (root, mut by_name) = anchors::by_place(root);
    let mut families = Families::of(&root);
    let of_families = std::mem::take(&mut families.notes);
    let whole = families.root();
    let kept = keep.map(|keep| keep::only_kept(whole, keep));
    let completed = kept.as_ref().unwrap_or(whole);
    by_name.extend(of_families.into_iter().filter(|note| {
        let mut components = note.pointer().outwards().filter_map(|at| Some(component_at(&at)?.0));
        kept.as_ref()
            .is_none_or(|kept| components.any(|name| schemas_at().child(&name).resolve(kept).is_some()))
    }));
    // Names are those that the complete description gives, so that they stay when more of it is kept.
    let parse_all = |root: &Value, is_strict| {
        let whole = if kept.is_some() { whole } else { root };
        parse_all(root, whole, &families.added, is_strict)
    };
    let parsed = match parse_all(completed, is_strict) {
        Err(errors) if is_strict => Err(omit::with_remedies(errors, completed)),
        Err(errors) => omit::parse_without(completed, errors, |root| parse_all(root, is_strict)),
        Ok(parsed) => Ok(parsed),
    };
    // Everything is reported where it stands in the description.
    let original = |at: &Pointer| families.original(at);
    let (mut api, notes) = parsed.map_err(|errors| {
        let errors = errors.into_iter();
        let moved = errors.map(|error| match error.pointer().and_then(original) {
            Some(at) => error.at(&at),
            None => error,
        });
        moved.collect::<Errors>()
    })?;
    for def in &mut api.types {
        if let Some(at) = original(&def.pointer) {
            def.pointer = at;
        }
    }
    let notes = notes.into_iter().map(|note| match original(note.pointer()) {
        Some(at) => note.at(at),
        None => note,
    });
    let mut notes = notes.collect::<Vec<_>>();
    notes.append(&mut by_name);
    Ok(Parsed { api, notes })
}

/// Parses a description with all its operations. Their names, and those of components, are the ones that they have in `whole`.
fn parse_all(
    root: &Value,
    whole: &Value,
    added: &BTreeSet<String>,
    is_strict: bool,
) -> Result<(Api, Vec<Note>), Errors> {
    let mut reports = Reports {
        is_strict,
        ..Reports::default()
    };
    let mut taken = TypeNames::default();
    let mut description = Description::new(root);
    let (title, version) = info::title_and_version(root, &mut reports);
    let server = info::server(root, &mut reports);
    let references = References::of(&description);
    description.secrets = secrets::places(&description, &references);
    description.component_names = naming::components(&Description::new(whole), &mut taken, &mut reports);
    let names = naming::operations(whole, &mut taken, &mut reports);
    // Nothing is said of what is not kept.
    let kept = description.schemas();
    description.component_names.retain(|name, _| kept.contains_key(name));
    let is_left = |at: &Pointer| at.resolve(root).is_some() || at.resolve(whole).is_none();
    reports.notes.retain(|note| is_left(note.pointer()));
    description.uploads = files::files(&description, &references, &mut reports);
    description.referred = references.targets();
    description.added.clone_from(added);

    info::note_unused(&description, &mut reports);

    let mut build = Build::new(description, taken, reports);
    build.components(&references);
    let mut operations = operations::operations(&mut build, &names);
    let (types, reports) = build.finish(operations.iter_mut().flat_map(types_of));
    let Reports { mut notes, errors, .. } = reports;
    if !errors.is_empty() {
        return Err(errors);
    }
    // A schema that several others consist of is looked at for each.
    let mut seen = BTreeSet::new();
    notes.retain(|note| seen.insert(note.clone()));
    let api = Api {
        title,
        version,
        server,
        operations,
        types,
    };
    Ok((api, notes))
}

/// The types in an operation.
fn types_of(operation: &mut Operation) -> Vec<&mut Ty> {
    let contents = operation.body.iter_mut().map(|body| &mut body.content);
    let responses = operation.successes.iter_mut().chain(&mut operation.failures);
    let contents = contents.chain(responses.filter_map(|response| response.content.as_mut()));
    let contents = contents.filter_map(|content| match content {
        Content::Json { ty, .. } | Content::UrlEncoded { ty, .. } | Content::Multipart { ty, .. } => Some(ty),
        Content::Bytes(_) | Content::Stream(_) => None,
    });
    let parameters = operation.parameters.iter_mut().map(|parameter| &mut parameter.ty);
    contents.chain(parameters).collect()
}
