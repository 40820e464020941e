//! Builds the server again when the admin app that it carries was built again.

fn main() {
    // Without the folder Cargo would run this at every build.
    if let Err(error) = std::fs::create_dir_all("admin-ui/dist") {
        println!("cargo:warning=admin-ui/dist cannot be created: {error}");
    }
    println!("cargo:rerun-if-changed=admin-ui/dist");
}
