//! Runs guided by coverage: libFuzzer chooses the inputs.

use std::ffi::{CString, c_char, c_int};
use std::path::Path;
use std::process::exit;
use std::ptr;
use std::sync::OnceLock;

use crate::MAX_LENGTH;

/// What libFuzzer's callback asks, which has no surroundings of its own.
static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

// Ends the process when something panics, so that libFuzzer keeps the input.
libfuzzer_sys::fuzz_target!(|input: &[u8]| ask(input));

#[expect(unsafe_code, reason = "libFuzzer is C++")]
unsafe extern "C" {
    fn LLVMFuzzerRunDriver(
        count: *mut c_int,
        arguments: *mut *mut *mut c_char,
        callback: extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
}

fn ask(input: &[u8]) {
    if let Some(target) = TARGET.get() {
        target(input);
    }
}

#[expect(unsafe_code, reason = "libFuzzer is C++")]
extern "C" fn callback(data: *const u8, length: usize) -> c_int {
    if data.is_null() {
        ask(&[]);
    } else {
        // SAFETY: libFuzzer keeps so many bytes there while it waits for the answer.
        ask(unsafe { std::slice::from_raw_parts(data, length) });
    }
    0
}

/// Gives the process to libFuzzer, with arguments that blanks separate, and the corpus as the last one.
#[expect(unsafe_code, reason = "libFuzzer is C++")]
pub(crate) fn run(arguments: &str, corpus: &Path, target: fn(&[u8])) -> ! {
    TARGET.get_or_init(|| target);
    let (length, corpus) = (format!("-max_len={MAX_LENGTH}"), corpus.to_string_lossy());
    let words = ["fuzz", &length].into_iter().chain(arguments.split_whitespace()).chain([&*corpus]);
    let words: Vec<_> = words.filter_map(|word| CString::new(word).ok()).collect();
    let mut count = c_int::try_from(words.len()).unwrap_or_default();
    let mut pointers: Vec<_> = words.iter().map(|word| word.as_ptr().cast_mut()).collect();
    pointers.push(ptr::null_mut());
    let mut arguments = pointers.as_mut_ptr();
    // SAFETY: there are so many strings, each ends with a zero, they are followed by a null, and all of them
    // live until the process ends; libFuzzer does not write to them.
    let code = unsafe { LLVMFuzzerRunDriver(&raw mut count, &raw mut arguments, callback) };
    exit(code)
}
