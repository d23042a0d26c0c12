//! The keywords that OpenAPI has for its objects.

/// The parts of a description.
pub(super) const DESCRIPTION: [&str; 12] = [
    "$self",
    "components",
    "externalDocs",
    "info",
    "jsonSchemaDialect",
    "openapi",
    "paths",
    "security",
    "servers",
    "swagger",
    "tags",
    "webhooks",
];

/// The kinds of components.
pub(super) const COMPONENTS: [&str; 11] = [
    "callbacks",
    "examples",
    "headers",
    "links",
    "mediaTypes",
    "parameters",
    "pathItems",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
];

/// The keywords of a parameter.
pub(super) const PARAMETER: [&str; 13] = [
    "allowEmptyValue",
    "allowReserved",
    "content",
    "deprecated",
    "description",
    "example",
    "examples",
    "explode",
    "in",
    "name",
    "required",
    "schema",
    "style",
];

/// The keywords of a response.
pub(super) const RESPONSE: [&str; 5] = ["content", "description", "headers", "links", "summary"];

/// The keywords of a media type.
pub(super) const MEDIA_TYPE: [&str; 5] = ["encoding", "example", "examples", "itemSchema", "schema"];

/// The keywords of a request body.
pub(super) const REQUEST_BODY: [&str; 3] = ["content", "description", "required"];
