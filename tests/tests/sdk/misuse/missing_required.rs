use askui_workspaces::types::CreateSubjectAccessTokenCommand;

fn main() {
    let _ = CreateSubjectAccessTokenCommand::new();
}
