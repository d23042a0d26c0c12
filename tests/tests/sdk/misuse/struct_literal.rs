use askui_workspaces::types::CreateSubjectAccessTokenCommand;

fn main() {
    if let Ok(name) = "ci".try_into() {
        let _ = CreateSubjectAccessTokenCommand { name, expires_at: None };
    }
}
