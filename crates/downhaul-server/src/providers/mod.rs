//! The providers: one folder each, one line each.

pub mod file;
pub mod unleash;

/// Every provider by the name of its folder, in alphabetical order.
pub const NAMES: [&str; 2] = ["file", "unleash"];

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn list_equals_folder() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers");
        let mut folders: Vec<String> = std::fs::read_dir(here)
            .expect("the folder of providers is there")
            .map(|entry| entry.expect("its entries can be read"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        assert_eq!(folders, NAMES);
        for name in NAMES {
            for file in ["mod.rs", "wire.rs"] {
                assert!(std::path::Path::new(here).join(name).join(file).is_file(), "{name}/{file} is missing");
            }
        }
    }
}
