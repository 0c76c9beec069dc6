//! Whether the name of a module can mean a file; when in doubt, it can.

/// Whether `module`, as written in the file `from`, can be the file `target`.
pub(crate) fn can_be(module: &str, from: &str, target: &str) -> bool {
    let target = without_extension(target);
    let folder = target.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = target.rsplit('/').next().unwrap_or(target);
    let stands_for_folder = matches!(name, "index" | "__init__" | "mod");
    if module.starts_with('.') && (module.contains('/') || module.chars().all(|c| c == '.')) {
        let path = joined(from.rsplit_once('/').map_or("", |(folder, _)| folder), module);
        return is_same(&path, target) || stands_for_folder && is_same(&path, folder);
    }
    let written = module.trim_start_matches(['@', '~', '#', '/', '.']).trim_start_matches("src/");
    let path = if written.contains('/') { written.to_owned() } else { written.replace('.', "/") };
    ends_with(target, &path) || stands_for_folder && ends_with(folder, &path)
}

fn is_same(path: &str, target: &str) -> bool {
    path == target || without_extension(path) == target
}

/// Whether `path` ends with the segments of `suffix`.
fn ends_with(path: &str, suffix: &str) -> bool {
    let fits = |suffix: &str| {
        !suffix.is_empty() && path.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    fits(suffix) || fits(without_extension(suffix))
}

fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    match path[name..].find('.').filter(|at| *at > 0) {
        Some(dot) => {
            let known = ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "d.ts", "py", "java", "kt"];
            let extension = path[name..].rsplit_once('.').map_or("", |(_, extension)| extension);
            if known.contains(&extension) {
                let end = path.len() - extension.len() - 1;
                path[..end].strip_suffix(".d").unwrap_or(&path[..end])
            } else {
                debug_assert!(dot > 0);
                path
            }
        }
        None => path,
    }
}

/// `folder` with a relative path added to it.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::can_be;

    #[test]
    fn modules_name_files() {
        assert!(can_be("./New", "src/shop/Page.tsx", "src/shop/New.tsx"));
        assert!(can_be("../flags.js", "src/shop/Page.tsx", "src/flags.ts"));
        assert!(can_be("..", "src/shop/Page.tsx", "src/index.ts"));
        assert!(can_be("component/New", "src/shop/Page.tsx", "web/src/component/New/index.tsx"));
        assert!(can_be("@/lib/flags", "x.ts", "src/lib/flags.ts"));
        assert!(can_be("shop.flags", "shop/views.py", "src/shop/flags.py"));
        assert!(!can_be("./New", "src/shop/Page.tsx", "src/other/New.tsx"));
        assert!(!can_be("react", "x.ts", "src/preact.ts"));
        assert!(can_be("./a.test", "src/x.ts", "src/a.test.ts"));
    }
}
