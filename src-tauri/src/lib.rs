//! The desktop shell: a window, one way in for commands, one way out for events.
//!
//! It holds no rule of the product. The core starts while the window opens; commands wait for it, and when it cannot
//! start, every command says why, so that the page can.

mod opening;
mod rpc;

use opening::Opening;
use std::process::ExitCode;
use tauri::{Manager as _, RunEvent};

/// The label of the one window.
const MAIN_WINDOW: &str = "main";

/// Runs the program until its window is closed.
pub fn run() -> ExitCode {
    app::logging::start();
    if !has_display() {
        complain(
            "There is no display to open a window on. Run `countersign-cli serve --demo` instead, and open its page in a browser.",
        );
        return ExitCode::FAILURE;
    }
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| show(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(|app| {
            app.manage(Opening::begin(app.handle().clone()));
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    tauri::async_runtime::block_on(app.state::<Opening>().close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&format!("The window could not be opened: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Brings the window to the front, for whoever starts the program a second time.
fn show(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN_WINDOW) {
        // A window system may refuse to hand over the focus; the window is there all the same.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

fn has_display() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[expect(clippy::print_stderr, reason = "without a window there is no other way to tell")]
fn complain(message: &str) {
    eprintln!("countersign: {message}");
}
