//! Pull requests on a forge of our own: a real bare repository behind `git http-backend`, and an API with a memory.

mod faults;
mod forge;
mod journey;
mod openapi;
