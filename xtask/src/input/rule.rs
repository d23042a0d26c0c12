//! The rules by which the generator reports: each note and each error carries the stable code of one.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $code:literal;)*) => {
        /// What a note or an error is about. The code stays when the wording changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// Its stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)*
                }
            }
        }
    };
}

rules! {
    /// A file or folder cannot be read or written.
    UnusableFile = "unusable-file";
    /// A file is neither JSON, nor YAML, nor a page that holds one of them.
    MalformedFile = "malformed-file";
    /// An object has a key twice.
    DuplicateKey = "duplicate-key";
    /// What is to be text is written without quotes.
    UnquotedText = "unquoted-text";
    /// There is no description.
    NoDescription = "no-description";
    /// There is more than one description.
    SeveralDescriptions = "several-descriptions";
    /// The file is no OpenAPI description.
    NotOpenApi = "not-openapi";
    /// The description is of an OpenAPI version that the generator does not take.
    UnsupportedVersion = "unsupported-version";
    /// The overlay is no OpenAPI Overlay, or one of its actions cannot be applied.
    MalformedOverlay = "malformed-overlay";
    /// An action of the overlay does not say why it is there.
    UnexplainedAction = "unexplained-action";
    /// An action of the overlay matches nothing.
    UnmatchedAction = "unmatched-action";
    /// An action of the overlay changes nothing.
    IneffectiveAction = "ineffective-action";
    /// An action of the overlay describes something that is not there.
    DescribesNothing = "describes-nothing";
    /// The overlay keeps an operation or a tag that is not there.
    UnmatchedEntry = "unmatched-entry";
    /// The version of the crates cannot be read.
    NoVersion = "no-version";
    /// The text is no JSON pointer.
    MalformedPointer = "malformed-pointer";
    /// The description has nothing at a pointer.
    NothingThere = "nothing-there";
    /// The generated code is not what the description and the overlay give.
    StaleCode = "stale-code";
    /// The generator failed, whatever the description says.
    InternalError = "internal-error";

    /// `info.title` or `info.version` is missing.
    IncompleteInfo = "incomplete-info";
    /// No server has a host.
    NoServer = "no-server";
    /// There are more servers than the one that clients call.
    SeveralServers = "several-servers";
    /// Clients do not call the server by the address that it is given, or not without permission.
    UnusualServer = "unusual-server";
    /// A path or an operation has a server of its own.
    OwnServer = "own-server";
    /// A type has another name than the description suggests.
    RenamedType = "renamed-type";
    /// An operation has another name than the description suggests.
    RenamedOperation = "renamed-operation";
    /// A component that no operation uses cannot be expressed.
    UnusedComponent = "unused-component";
    /// An operation is left out.
    OmittedOperation = "omitted-operation";

    /// A `$ref` leads to nothing.
    DanglingReference = "dangling-reference";
    /// A `$ref` leads to another file.
    ExternalReference = "external-reference";
    /// A `$ref` is no string.
    MalformedReference = "malformed-reference";
    /// A `$ref` leads to nothing but itself.
    CircularReference = "circular-reference";
    /// A `$recursiveRef`, which JSON Schema has no more, stands where a `$ref` is meant.
    RecursiveReference = "recursive-reference";
    /// A schema is no object.
    MalformedSchema = "malformed-schema";
    /// A keyword has a value of the wrong type, or is missing.
    MalformedKeyword = "malformed-keyword";
    /// Schemas stand in each other too deep, or too many references lead from one to the next.
    TooDeep = "too-deep";
    /// A secret would be printed.
    ExposedSecret = "exposed-secret";
    /// Something sounds like a secret.
    PossibleSecret = "possible-secret";

    /// No value is valid.
    NeverValid = "never-valid";
    /// `type` is no type of JSON Schema.
    UnknownType = "unknown-type";
    /// An integer does not fit into 64 bits.
    LargeInteger = "large-integer";
    /// A keyword is not checked.
    UncheckedKeyword = "unchecked-keyword";
    /// A format is not checked.
    UncheckedFormat = "unchecked-format";
    /// The SDK lacks a library that what is generated uses.
    MissingDependency = "missing-dependency";
    /// A limit is no number, or none that can be one.
    InvalidLimit = "invalid-limit";
    /// A pattern is none of ECMA-262.
    InvalidPattern = "invalid-pattern";
    /// No value satisfies both limits.
    ImpossibleLimits = "impossible-limits";
    /// The names of properties are not checked.
    UncheckedNames = "unchecked-names";
    /// Properties are described that only some objects have.
    ConditionalProperties = "conditional-properties";
    /// A required property is not described.
    UndescribedProperty = "undescribed-property";
    /// Bytes stand where only text can be.
    BinaryText = "binary-text";
    /// A value of `enum` or `const` is not of the schema's type.
    EnumTypeMismatch = "enum-type-mismatch";
    /// A schema says what the items of a list are, and not that it is a list.
    UntypedItems = "untyped-items";
    /// A list has an open number of items of different types.
    OpenTuple = "open-tuple";
    /// A union has no alternatives.
    EmptyUnion = "empty-union";
    /// A discriminator does not tell the alternatives of its union apart.
    UnusableDiscriminator = "unusable-discriminator";
    /// A value of a discriminator's mapping leads to nothing.
    UnusableMapping = "unusable-mapping";
    /// The property of a discriminator need not be there.
    OptionalDiscriminator = "optional-discriminator";
    /// An alternative of a union is the union itself.
    RecursiveAlternative = "recursive-alternative";
    /// An alternative of a union is the same as another.
    DuplicateAlternative = "duplicate-alternative";
    /// A value can be several alternatives of a union at once.
    OverlappingAlternatives = "overlapping-alternatives";
    /// The name of an alternative depends on its place among the others.
    UnstableName = "unstable-name";
    /// The parts of an `allOf` have different types.
    ConflictingTypes = "conflicting-types";
    /// A keyword stands in several parts of an `allOf`, and the last one holds.
    OverriddenKeyword = "overridden-keyword";
    /// A schema has too many combinations of alternatives.
    TooManyCombinations = "too-many-combinations";

    /// There are no paths.
    NoPaths = "no-paths";
    /// There are no operations.
    NoOperations = "no-operations";
    /// A path, an operation or something in them is not of a form that OpenAPI has.
    UnknownFeature = "unknown-feature";
    /// An operation has no responses.
    NoResponses = "no-responses";
    /// A path does not begin with a slash, cannot be called, or has a value for a parameter.
    UnusualPath = "unusual-path";
    /// What the API calls is not for its callers.
    Webhooks = "webhooks";
    /// The callbacks of an operation are not for its callers.
    Callbacks = "callbacks";
    /// A keyword is not used where it stands, as OpenAPI does not have it there.
    UnusedKeyword = "unused-keyword";
    /// The headers of a response have no types.
    ResponseHeaders = "response-headers";
    /// The links of a response are not used.
    ResponseLinks = "response-links";
    /// A key of `responses` is no status.
    InvalidStatus = "invalid-status";
    /// A status is documented twice.
    DuplicateStatus = "duplicate-status";

    /// A parameter has no name or no place.
    IncompleteParameter = "incomplete-parameter";
    /// A parameter stands twice in one list.
    DuplicateParameter = "duplicate-parameter";
    /// The path has a parameter that is not described.
    UndescribedPathParameter = "undescribed-path-parameter";
    /// A parameter is not in the path.
    UnusedPathParameter = "unused-path-parameter";
    /// The client sets a header itself.
    ReservedHeader = "reserved-header";
    /// A header cannot have that name.
    InvalidHeaderName = "invalid-header-name";
    /// A parameter is not written as its `style`, `explode`, `allowReserved` or `content` says.
    ParameterStyle = "parameter-style";
    /// A parameter has no schema.
    ParameterWithoutSchema = "parameter-without-schema";

    /// A body has several media types, of which one is used.
    SeveralMediaTypes = "several-media-types";
    /// A body has a schema, and a media type that the client neither reads nor writes.
    UntypedBody = "untyped-body";
    /// A body cannot be sent as that media type.
    UnsendableMediaType = "unsendable-media-type";
    /// A form is sent as `multipart/form-data`.
    MultipartSubtype = "multipart-subtype";
    /// A form has no named parts.
    FormWithoutParts = "form-without-parts";
    /// A part of a form has no type, and so is a file.
    UntypedPart = "untyped-part";
    /// A part of a form is any JSON.
    AnyPart = "any-part";
    /// A file stands in JSON, too.
    FileInJson = "file-in-json";
    /// `encoding` names a part that the form does not have.
    UnknownPart = "unknown-part";
    /// A part is not sent as the media type that `encoding` gives it.
    PartMediaType = "part-media-type";
    /// A part of a form sounds like a file, and is sent as text.
    PossibleFile = "possible-file";
    /// A keyword of `encoding` is not used.
    UnusedEncoding = "unused-encoding";

    /// `security` is not a list of objects.
    MalformedSecurity = "malformed-security";
    /// Security schemes that are asked for at once need the same header, parameter or cookie, or one needs what the path sets.
    CombinedSecurity = "combined-security";
    /// A security scheme is not defined.
    UndefinedSecurity = "undefined-security";
    /// A security scheme is not supported.
    UnsupportedSecurity = "unsupported-security";

    /// progenitor refuses what it is given.
    RefusedByProgenitor = "refused-by-progenitor";
    /// progenitor's output is not as expected.
    UnexpectedOutput = "unexpected-output";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
