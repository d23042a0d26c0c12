use askui_workspaces::Secret;

fn main() {
    println!("{}", Secret::from("a token"));
}
