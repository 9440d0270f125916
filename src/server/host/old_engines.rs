//! Which browsers compile wasm only under a policy that allows `eval` as well: those that are older than the word
//! `'wasm-unsafe-eval'` and ignore it (Chromium before 97, Safari before 16:
//! <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/script-src#browser_compatibility>).
//! Firefox did not hold wasm against the policy before it knew the word.
//!
//! Only an engine that says an older version gets the wider policy; whatever cannot be read gets the strict one.

/// The first Chromium and the first Safari that know `'wasm-unsafe-eval'`.
const CHROMIUM: u32 = 97;
const SAFARI: u32 = 16;

/// Whether the engine that calls itself so needs `'unsafe-eval'` to compile wasm.
pub(crate) fn needs_eval_for_wasm(user_agent: &str) -> bool {
    match (version(user_agent, "Chrome/"), version(user_agent, "Version/")) {
        (Some(chromium), _) => chromium < CHROMIUM,
        // Android's web view says Version/4.0 too, but beside its Chrome/.
        (None, Some(safari)) => user_agent.contains("AppleWebKit/") && safari < SAFARI,
        // A web view on iOS (WeChat) names neither; its engine is the system's.
        (None, None) => version(user_agent, "iPhone OS ").is_some_and(|system| system < SAFARI),
    }
}

fn version(user_agent: &str, name: &str) -> Option<u32> {
    let (_, rest) = user_agent.split_once(name)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_engine_that_says_it_is_old_gets_the_wider_policy() {
        let chromium = |version: &str| {
            format!(
                "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{version} Mobile Safari/537.36"
            )
        };
        let iphone = |system: &str, rest: &str| {
            format!(
                "Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {rest}Mobile/15E148"
            )
        };
        for (agent, expected) in [
            (chromium("80.0.3987.149"), true),
            (chromium("86.0.4240.198"), true),
            (chromium("96.0.4664.45"), true),
            (chromium("97.0.4692.71"), false),
            (chromium("156.0.8078.73"), false),
            ("Opera/9.80 (Windows NT 6.0) Presto/2.12.388 Version/12.14".into(), false),
            (format!("{} Safari/604.1", iphone("14_6", "Version/14.1.1 ")), true),
            (format!("{} Safari/604.1", iphone("16_0", "Version/16.0 ")), false),
            (iphone("15_7", ""), true),
            (iphone("17_2", ""), false),
            ("Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0".into(), false),
            ("Chrome/".into(), false),
            ("Chrome/99999999999999999999".into(), false),
            (String::new(), false),
        ] {
            assert_eq!(needs_eval_for_wasm(&agent), expected, "{agent}");
        }
    }
}
