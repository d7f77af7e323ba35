//! SIP accounts of employees. vendors/mango.md, 10.10

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx, Refused,
    machine::tables::{Tables, sips::Sip},
    wire::{Answer, Each, done, named, shown},
};

shown! {
    Accounts<'a> { user_id: u64, tables: &'a Tables }
    "user_id" => user_id,
    "sips" => Each(tables.sips_of(user_id).map(|sip| Account { sip })),
}

shown! {
    Account<'a> { sip: &'a Sip }
    "id" => sip.id,
    "login" => sip.login,
    "domain" => sip.domain,
}

/// `sips`
pub(crate) fn list(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let tables = &pbx.tables;
    let employees = tables.employees.iter();
    named("data", Each(employees.map(|user| Accounts { user_id: user.user_id, tables })))
}

/// `domains`
pub(crate) fn domains(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("domains", &pbx.tables.domains)
}

/// What a request says about an account.
struct Fields {
    login: Option<String>,
    domain: Option<String>,
    description: Option<String>,
}

fn read(params: &Params, tables: &Tables) -> Result<Fields, Refused> {
    let filled =
        |name| Ok::<_, Refused>(params.bounded(name, 255)?.filter(|text| !text.is_empty()));
    let (login, domain) = (filled("login")?, filled("domain")?);
    if login.as_ref().is_some_and(|login| !is_login(login)) {
        return Err(params.blame(3121, "login"));
    }
    let is_own = |domain: &String| tables.domains.contains(domain);
    if domain.as_ref().is_some_and(|domain| !is_own(domain)) {
        return Err(params.blame(3122, "domain"));
    }
    Ok(Fields { login, domain, description: params.bounded("description", 255)? })
}

/// A login is up to 32 letters, digits, dots, dashes and underscores, and begins with none of the
/// last three.
fn is_login(login: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    login.len() <= 32
        && login.chars().all(fits)
        && login.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// `sip/create`
pub(crate) fn create(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &mut pbx.tables;
    let user_id = params.id("user_id")?;
    params.text("password")?;
    let Fields { login, domain, description } = read(params, tables)?;
    let user = tables.user(user_id).ok_or_else(|| params.blame(3300, "user_id"))?;
    let domain = domain.or_else(|| tables.domains.first().cloned());
    let domain = domain.ok_or_else(|| params.blame(3122, "domain"))?;
    let login = match login {
        Some(login) if tables.sip_named(&login, &domain).is_some() => {
            return Err(params.blame(3106, "login"));
        }
        Some(login) => login,
        None => free_login(tables, &format!("user{}", user.extension), &domain),
    };
    if tables.sips.len() >= Tables::SIPS {
        return Err(Refused::code(3107));
    }
    let description = description.unwrap_or_default();
    let sip_id = tables.add_sip(Sip { id: 0, user_id, login, domain, description });
    pbx.sync_exchange();
    named("sip_id", sip_id)
}

/// Finds a login that nobody has: the one wanted, or that with a number.
fn free_login(tables: &Tables, wanted: &str, domain: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
    let mut logins = std::iter::once(wanted.to_owned()).chain(numbered);
    logins.find(|login| tables.sip_named(login, domain).is_none()).unwrap_or_default()
}

/// `sip/update`
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &mut pbx.tables;
    let sip_id = params.id("sip_id")?;
    let user_id = params.id_or_none("user_id")?;
    params.bounded("password", 255)?;
    let Fields { login, domain, description } = read(params, tables)?;
    let old = tables.sip(sip_id).ok_or_else(|| params.blame(3300, "sip_id"))?;
    if user_id.is_some_and(|id| tables.user(id).is_none()) {
        return Err(params.blame(3300, "user_id"));
    }
    let sip = Sip {
        id: sip_id,
        user_id: user_id.unwrap_or(old.user_id),
        login: login.unwrap_or_else(|| old.login.clone()),
        domain: domain.unwrap_or_else(|| old.domain.clone()),
        description: description.unwrap_or_else(|| old.description.clone()),
    };
    let holder = tables.sip_named(&sip.login, &sip.domain);
    if holder.is_some_and(|holder| holder.id != sip_id) {
        return Err(params.blame(3106, "login"));
    }
    tables.replace_sip(sip);
    pbx.sync_exchange();
    done()
}

/// `sip/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    if !pbx.tables.remove_sip(params.id("sip_id")?) {
        return Err(params.blame(3300, "sip_id"));
    }
    pbx.sync_exchange();
    done()
}
