use askui_workspaces::types::CreateAccessTokenError;

fn main() {}

pub fn advice(failure: &CreateAccessTokenError) -> &str {
    match failure {
        CreateAccessTokenError::Unauthorized(_) => "renew the credentials",
        CreateAccessTokenError::Forbidden(_) => "ask for the permission",
        CreateAccessTokenError::UnprocessableEntity(_) => "correct the request",
        CreateAccessTokenError::InternalServerError(_) => "look before you repeat it",
    }
}
