//! Panics, in progenitor or in the generator, as messages: they come out as diagnostics.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// Runs something, and prints nothing of a panic in it.
///
/// # Errors
///
/// The message of the panic.
pub fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    thread_local! {
        static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    }

    // What a panic says comes out as an error, so nothing is printed; other threads' panics are not ours.
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_CAUGHT.get() {
                print(info);
            }
        }));
    });
    let was_caught = IS_CAUGHT.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    IS_CAUGHT.set(was_caught);
    outcome.map_err(|payload| {
        let message = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied());
        message.unwrap_or("without a message").to_owned()
    })
}
