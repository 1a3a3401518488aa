//! The generated TypeScript: one file with every type that crosses to the page, and the table of commands.

use super::commands::{commands, visit_types};
use super::{ApiError, AppEvent};
use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use ts_rs::{Config, TS, TypeVisitor};

/// The text of `ui/src/lib/ipc/types.ts`.
pub fn typescript() -> String {
    let mut collector = Collector::default();
    visit_types(&mut collector);
    collector.visit::<ApiError>();
    collector.visit::<AppEvent>();
    let mut out = String::from(
        "// Generated from the Rust types by `UPDATE_BINDINGS=1 cargo test -p app bindings`. Do not edit.\n\n",
    );
    for declaration in collector.declarations.values() {
        out.push_str(declaration);
        out.push('\n');
    }
    out.push_str("/** Every command: its input and its answer. */\nexport interface Commands {\n");
    for command in commands() {
        let _ = writeln!(
            out,
            "  /** {} */\n  \"{}\": {{ input: {}; answer: {} }};",
            command.about, command.name, command.input, command.answer
        );
    }
    out.push_str("}\n");
    out
}

#[derive(Default)]
struct Collector {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types of our own have a file to be written to; the rest stand inline.
        if T::output_path().is_some() {
            let mut text = T::docs().unwrap_or_default();
            let _ = write!(text, "export {}", T::decl(&self.config));
            text.push('\n');
            self.declarations.insert(T::ident(&self.config), text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[cfg(test)]
mod tests {
    use super::typescript;
    use std::path::Path;

    #[test]
    fn bindings_of_the_page_are_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/ipc/types.ts");
        let wanted = typescript();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).unwrap();
            }
            std::fs::write(&path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == wanted,
            "ui/src/lib/ipc/types.ts is not current: run UPDATE_BINDINGS=1 cargo test -p app bindings"
        );
    }
}
