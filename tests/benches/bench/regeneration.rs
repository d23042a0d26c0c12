use super::report::Table;
pub(crate) fn measure() -> Vec<Table> {
    Vec::new()
}
