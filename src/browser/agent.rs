//! In which shell the page runs: `navigator.userAgent`. Used only to say what to do next, never to decide
//! whether something works: that is looked for.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Navigator/userAgent>

use super::js;

/// An app whose built-in view shows the page. Its storage is apart from the browser's and may be wiped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InApp {
    /// 微信, 企业微信 too
    WeChat,
    /// QQ
    Qq,
    /// 钉钉
    DingTalk,
    /// 支付宝
    Alipay,
    /// 飞书
    Feishu,
    /// 微博
    Weibo,
    /// 抖音, 今日头条
    Bytedance,
    /// 百度
    Baidu,
    /// Some other app on Android.
    Other,
}

/// The app whose view this is; `None` in a browser.
pub fn in_app() -> Option<InApp> {
    in_app_of(&user_agent())
}

fn user_agent() -> String {
    js::navigator("userAgent").and_then(|value| value.as_string()).unwrap_or_default()
}

fn in_app_of(agent: &str) -> Option<InApp> {
    let marks = [
        ("MicroMessenger", InApp::WeChat),
        ("DingTalk", InApp::DingTalk),
        ("AlipayClient", InApp::Alipay),
        ("Lark/", InApp::Feishu),
        ("Feishu", InApp::Feishu),
        ("Weibo", InApp::Weibo),
        ("aweme", InApp::Bytedance),
        ("NewsArticle", InApp::Bytedance),
        ("BytedanceWebview", InApp::Bytedance),
        ("baiduboxapp", InApp::Baidu),
        // The app says "QQ/8.9"; QQ's browser says only "MQQBrowser/13".
        (" QQ/", InApp::Qq),
        // How Android's own web view marks itself.
        ("; wv)", InApp::Other),
    ];
    marks.into_iter().find(|(mark, _)| agent.contains(mark)).map(|(_, app)| app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_views_are_told_from_browsers() {
        let android = "Mozilla/5.0 (Linux; Android 10; M2006C3LC";
        let cases = [
            (
                format!("{android}; wv) AppleWebKit/537.36 Chrome/116 XWEB/1160 MicroMessenger/8.0.47"),
                Some(InApp::WeChat),
            ),
            (
                format!("{android}; wv) AppleWebKit/537.36 Chrome/109 wxwork/4.1 MicroMessenger/7.0.1"),
                Some(InApp::WeChat),
            ),
            (
                format!("{android}; wv) AppleWebKit/537.36 MQQBrowser/6.2 TBS/046 V1_AND_SQ_8.9 QQ/8.9.50"),
                Some(InApp::Qq),
            ),
            (
                format!("{android}) AppleWebKit/537.36 Chrome/109 AliApp(DingTalk/7.0.40)"),
                Some(InApp::DingTalk),
            ),
            (format!("{android}) AppleWebKit/537.36 Chrome/109 AlipayClient/10.5"), Some(InApp::Alipay)),
            (format!("{android}; wv) AppleWebKit/537.36 Chrome/109 SomeApp/1"), Some(InApp::Other)),
            (format!("{android}) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"), None),
            (format!("{android}) AppleWebKit/537.36 Chrome/98 MQQBrowser/13.9 Mobile Safari/537.36"), None),
            (format!("{android}) AppleWebKit/537.36 Chrome/100 XiaoMi/MiuiBrowser/17.8"), None),
            (format!("{android}) AppleWebKit/537.36 Chrome/99 HuaweiBrowser/13.0 HMSCore/6.12"), None),
            (format!("{android}) AppleWebKit/537.36 Chrome/100 UCBrowser/15.9 Mobile"), None),
        ];
        for (agent, expected) in cases {
            assert_eq!(in_app_of(&agent), expected, "{agent}");
        }
    }
}
