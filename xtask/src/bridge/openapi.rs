//! The model as OpenAPI 3.0, which is what progenitor takes.
//!
//! progenitor is given each operation under a path of its own, without parameters, body and responses: it makes the method and
//! the shell of the call. Each type is a component, so that typify has no names to invent.

use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, Components, Info, IntegerFormat, IntegerType,
    NumberFormat, NumberType, ObjectType, OpenAPI, Operation, PathItem, Paths, ReferenceOr, Response, Responses,
    Schema, SchemaData, SchemaKind, StatusCode, StringFormat, StringType, Type, VariantOrUnknownOrEmpty,
};

use crate::{
    analyze::graph,
    model::{
        Api,
        ty::{Format, Int, Ty, TypeId},
        typedef::{EnumBase, Field, Kind},
    },
};

/// The format, of our own, of a string that is a file of a form.
pub(super) const UPLOAD: &str = "x-upload";

/// The format of a string that is a secret.
pub(super) const SECRET: &str = "password";

/// The format, of our own, of a string that is null.
pub(super) const NULL: &str = "x-null";

/// The format, of our own, of a string that is an integer beyond 64 bits.
pub(super) const BIG_INTEGER: &str = "x-big-integer";

/// The operations and types of an API. Of types for which `is_left_out` holds, nothing is known but that they are there.
pub(super) fn openapi(api: &Api, is_left_out: impl Fn(TypeId) -> bool) -> OpenAPI {
    // typify puts a value on the heap where it comes back to it, and so not an `Option` that leads to it.
    let types = graph(api).innermost_first().into_iter().map(TypeId::new);
    let schemas = types.map(|id| {
        let def = &api[id];
        let kind = if is_left_out(id) { any() } else { kind(api, &def.kind) };
        (def.key.clone(), ReferenceOr::Item(schema(kind, false)))
    });
    let paths = api.operations.iter().enumerate().map(|(index, operation)| {
        let responses = [(StatusCode::Code(204), ReferenceOr::Item(Response::default()))];
        let item = PathItem {
            post: Some(Operation {
                operation_id: Some(operation.name.clone()),
                responses: Responses {
                    responses: responses.into_iter().collect(),
                    ..Responses::default()
                },
                ..Operation::default()
            }),
            ..PathItem::default()
        };
        (format!("/{index}"), ReferenceOr::Item(item))
    });
    OpenAPI {
        openapi: "3.0.3".into(),
        info: Info {
            title: api.title.clone(),
            version: api.version.clone(),
            ..Info::default()
        },
        paths: Paths {
            paths: paths.collect(),
            ..Paths::default()
        },
        components: Some(Components {
            schemas: schemas.collect(),
            ..Components::default()
        }),
        ..OpenAPI::default()
    }
}

fn schema(schema_kind: SchemaKind, nullable: bool) -> Schema {
    Schema {
        schema_data: SchemaData {
            nullable,
            ..SchemaData::default()
        },
        schema_kind,
    }
}

/// What typify knows by a format of our own.
fn own(format: &str) -> SchemaKind {
    SchemaKind::Type(Type::String(StringType {
        format: VariantOrUnknownOrEmpty::Unknown(format.into()),
        ..StringType::default()
    }))
}

fn any() -> SchemaKind {
    SchemaKind::Any(AnySchema::default())
}

fn kind(api: &Api, kind: &Kind) -> SchemaKind {
    match kind {
        Kind::Struct { fields, additional, .. } => {
            let properties = fields
                .iter()
                .map(|field| (field.ident.clone(), boxed(property(api, field))));
            let required = fields.iter().filter(|field| field.required);
            SchemaKind::Type(Type::Object(ObjectType {
                properties: properties.collect(),
                required: required.map(|field| field.ident.clone()).collect(),
                additional_properties: additional.as_ref().map(|values| additional_properties(api, values)),
                ..ObjectType::default()
            }))
        }
        Kind::Alias(ty) => match reference_or(api, ty) {
            ReferenceOr::Item(schema) if !schema.schema_data.nullable => schema.schema_kind,
            other => SchemaKind::AllOf { all_of: vec![other] },
        },
        Kind::Enum {
            base: EnumBase::String, ..
        } => SchemaKind::Type(Type::String(StringType::default())),
        Kind::Enum { .. } | Kind::Union { .. } | Kind::Tuple(_) => any(),
    }
}

/// The schema of a property. typify takes an absent list or map for an empty one, unless it may be null.
fn property(api: &Api, field: &Field) -> ReferenceOr<Schema> {
    if field.required || !matches!(field.ty, Ty::List(_) | Ty::Map(_)) {
        return reference_or(api, &field.ty);
    }
    reference_or(api, &field.ty.clone().nullable())
}

fn additional_properties(api: &Api, values: &Ty) -> AdditionalProperties {
    AdditionalProperties::Schema(Box::new(reference_or(api, values)))
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::boxed_item(schema),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}

fn reference_or(api: &Api, ty: &Ty) -> ReferenceOr<Schema> {
    let kind = match ty.not_null() {
        Ty::Named(id) => {
            let reference = ReferenceOr::ref_(&format!("#/components/schemas/{}", api[*id].key));
            if !ty.is_nullable() {
                return reference;
            }
            // A reference cannot be nullable in OpenAPI 3.0. typify makes one `Option` of absent and of null.
            SchemaKind::AllOf {
                all_of: vec![reference],
            }
        }
        Ty::Any | Ty::Nullable(_) => any(),
        Ty::Null => own(NULL),
        Ty::Bool => SchemaKind::Type(Type::Boolean(BooleanType::default())),
        Ty::Int(Int::Big) => own(BIG_INTEGER),
        Ty::Int(int) => SchemaKind::Type(Type::Integer(IntegerType {
            format: match int {
                Int::I32 => VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32),
                Int::I64 => VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64),
                Int::U32 => VariantOrUnknownOrEmpty::Unknown("uint32".into()),
                Int::U64 | Int::Big => VariantOrUnknownOrEmpty::Unknown("uint64".into()),
            },
            ..IntegerType::default()
        })),
        Ty::Float => SchemaKind::Type(Type::Number(NumberType {
            format: VariantOrUnknownOrEmpty::Item(NumberFormat::Double),
            ..NumberType::default()
        })),
        Ty::Str(format) => SchemaKind::Type(Type::String(StringType {
            format: match format {
                Format::Text => VariantOrUnknownOrEmpty::Empty,
                Format::Uuid => VariantOrUnknownOrEmpty::Unknown("uuid".into()),
                Format::DateTime => VariantOrUnknownOrEmpty::Item(StringFormat::DateTime),
                Format::Date => VariantOrUnknownOrEmpty::Item(StringFormat::Date),
                Format::Secret => VariantOrUnknownOrEmpty::Item(StringFormat::Password),
                Format::Upload => VariantOrUnknownOrEmpty::Unknown(UPLOAD.into()),
            },
            ..StringType::default()
        })),
        Ty::List(items) => SchemaKind::Type(Type::Array(ArrayType {
            items: Some(boxed(reference_or(api, items))),
            min_items: None,
            max_items: None,
            unique_items: false,
        })),
        Ty::Map(values) => SchemaKind::Type(Type::Object(ObjectType {
            additional_properties: Some(additional_properties(api, values)),
            ..ObjectType::default()
        })),
    };
    ReferenceOr::Item(schema(kind, ty.is_nullable()))
}
