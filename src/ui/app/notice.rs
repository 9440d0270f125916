//! 隐私与涉密提示, before the first input.

use super::{
    frame::{Page, goer},
    route::Place,
    session::session,
};
use crate::ui::app::session::erased::live;
use crate::ui::kit::button::button;
use leptos::prelude::*;

/// The page that has to be agreed to once.
#[component]
pub fn Notice() -> impl IntoView {
    let session = session();
    let go = goer();
    view! {
        <Page title="先看这几条" bound=false>
            <section class="card" data-testid="notice">
                <NoticeText />
                {button("看明白了，开始用", "button button-main", move |_| {
                        session.accept_notice();
                        go(Place::Home);
                    })}
            </section>
        </Page>
    }
}

/// The same text, also shown in 我的.
#[component]
pub fn NoticeText() -> impl IntoView {
    let session = session();
    view! {
        <h2>"涉密内容不得填写"</h2>
        <p>"国家秘密、工作秘密一律不要写进来，也不要拍。名册、发展党员档案、谈话记录、测评票、处分材料只写放在哪里，不拍照。"</p>
        <h2>"存什么、存在哪"</h2>
        <p>
            "填的、登的、拍的、写进整改的，先存在这部手机的浏览器里。点“上报”以后，上报的那一份才送到服务器：这一期的回答、用到的台账和照片，还有支部自己写进整改的问题。"
            {live(move || session.addressee())} "和县、市两级组织部门看得到。没有上报的，别人看不到。"
        </p>
        <p>
            "送上去的问题，以后再写的措施、时限、进展和照片，有网就自己送；上级检查发现的问题，支部写的答复和照片也是有网就送。自己存的备份在谁手里，谁就看得到。"
        </p>
        <p>"存的只有：支部基本情况的几个数字、每一条的回答和原件放在哪、台账、照片、整改的问题、填报人和书记姓名、上报记录、纸质材料办到哪一步。不要党员的身份证号和电话。"</p>
        <h2>"存多久"</h2>
        <p>"手机里的，到解除绑定为止。手机丢了、清了浏览器数据，没有送到服务器、也没有把备份发到别处的就没了，所以请及时上报，或者保存备份、把文件发到别处。服务器上的，按上级档案管理的规定保存。"</p>
        <h2>"不比赛、不打卡"</h2>
        <p>"这里不排名次，不记在线时长，不要求拍照。纸质原件才算数，没开的会不登记、不补记。"</p>
    }
}
