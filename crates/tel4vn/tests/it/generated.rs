//! Requests that nobody would write.

use ringback_mock::{Account, Builder, exchange::Random};
use ringback_tel4vn::{Pbx, Tel4vn};
use ringback_testkit::generated::{self, Request, Requests};
use serde_json::json;

use crate::TOKEN;

struct Client;

impl Requests for Client {
    type Vendor = Tel4vn;

    const NAMES: &'static str = "ext legs phone is_encode auto_answer hotline callback_url \
        callback_apikey event username password api_key extension enabled follow_me user_uuid \
        start_date end_date start_date_ended limit page offset scroll_id status direction duration \
        min_duration recordingfile campaign_uuid campaign_name customers phone_number params \
        template blacklist agent mobile id tenant_id enable pwd queue_code campaign_id name \
        voice_type voice_tts content speed_tts press_options exit_sound concurrent_call mail_to \
        encrypt_method customer_name campaign_uuid list_uuid list_name data lead_name after_day param \
        code_otp ref_id type active recall_status schedules network carrier_uuid template_uuid \
        template_name carrier_name gateway_uuid dial_type extensions group_name user_assigns level \
        role_uuid confirm_password start_time end_time callback_url type_autocall ratio";

    const WORDS: &'static str = "101|109|108|999|01b7d166-b564-42ec-80a1-4ad343225934|aleg|bleg|both|\
        true|0899199200|+84|0899199486|MDg5OTEyMzQ1Ng==|2021-02-18|2021-02-18 17:20:58|600|3333|\
        ringing|cdr|http://127.0.0.1:1/x|https://[::1]/|BUSY|NO ANSWER|1|2|10|deFauLt|tts|\
        373854ae-0169-4a1f-b71b-e145b3579233|template_autocall_audio_v2|south-f-03|autocall|\
        autodialer|fdccdbf2-bc4b-4a0f-a7ea-cb0239daaa7d|c455faf5-2674-4c06-ae73-8259943c3a87|\
        152a5c45-68f0-4ee7-85c0-32ae87bb611b|otp_script_01|f77dfcf4-0759-4179-93cb-741f481a776e|\
        a18b400f-d487-4e17-b5e7-eba5fe6fa54f|953a918a-0035-4e6f-97d1-c64e7943b7df|sip_one_for_all|\
        446401ea-bb08-4a71-9fd8-22dfb15072e5|23406d2c-19e5-4f7b-a1ce-bfea5c2ff081|minute|recall|150|\
        34272d8f-5aa2-4a97-ae9a-be20d499dc2a|agent|0349719999";

    const BODIES: &'static [(&'static str, &'static str)] = &[
        ("application/json", "{\"ext\":\"101\",\"ext\":"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"list_uuid\"\r\n\r\n\
             c455faf5-2674-4c06-ae73-8259943c3a87\r\n--x\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"a.csv\"\r\n\r\nphone_number,lead_name\r\n0349000001,?\r\n,\"\r\n--x--",
        ),
        ("nonsense", "--x\r\ncontent-disposition: form-data; filename=\"a.wav\"\r\n\r\nx\r\n--x--"),
    ];

    const STATUSES: &'static [u16] = &[200, 204, 400, 401, 403, 404, 405];

    fn builder() -> Builder<Tel4vn> {
        let settings = json!({ "fixed_token": TOKEN, "demo_call": true, "bare_token": true });
        // The clock runs fast, so that an order that waits for an extension is answered soon.
        Tel4vn::builder().seed(7).rate(2_000.0).settings(settings).history(100)
    }

    fn verify(pbx: &Pbx) -> Result<(), String> {
        pbx.verify()
    }

    fn meanwhile(demo: &Account<Tel4vn>) {
        // Refused while the phone is taken.
        let _ = demo.control(json!({ "do": "dial", "from": "0987654321", "to": "19001919" }));
    }

    fn dress(request: &mut Request, random: &mut Random) {
        match random.below(20) {
            0 => {}
            1 => request.set("authorization", "Bearer provider-secret"),
            2 => request.set("authorization", "Bearer x-AAAAAA=="),
            _ => request.set("authorization", &format!("Bearer {TOKEN}")),
        }
    }
}

#[test]
fn no_generated_request_is_answered_with_a_5xx_or_leaves_an_error_in_the_log() {
    generated::run::<Client>();
}
