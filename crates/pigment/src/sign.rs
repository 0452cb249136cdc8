//! `pigment sign`: who answers for which dots, and whether nothing has changed since.
//!
//! In: a treatment and a name. Out: `NAME.signed.toml` beside the scene: every signature with the hashes of all that decides
//! where dots go. [`SignOff::check`] holds it against what is there now.
//! A record, not a seal: whoever can write the file can sign. Absent: identity, consent, cryptography.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use frames::Date;
use serde::{Deserialize, Serialize};
use stipple::Pattern;

use crate::inputs::{Hash, Inputs, inputs};
use crate::{Failure, SceneFile, Treatment, progress, toml_file};

/// As what somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the treatment; without one nothing is streamed.
    Practitioner,
    /// Agrees to it.
    Client,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Practitioner => "practitioner",
            Self::Client => "client",
        })
    }
}

/// The sign-off file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// Oldest first. Of one person in one role the last one counts.
    #[serde(default)]
    pub signature: Vec<Signature>,
}

/// One signature: who, and what exactly lay before them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who.
    pub by: String,
    /// As what.
    pub role: Role,
    /// When.
    pub date: Date,
    /// File name of the scene.
    pub scene: String,
    /// Of the program that laid the dots.
    pub version: String,
    /// Of the scene.
    pub seed: u64,
    /// How many dots.
    pub dots: u64,
    /// Of the scene's bytes.
    pub scene_sha256: Hash,
    /// Of the dots themselves: place, depth, size, shade.
    pub pattern_sha256: Hash,
    /// Every file that the scene names.
    #[serde(default)]
    pub inputs: Inputs,
    /// Warnings that somebody answers for.
    #[serde(default)]
    pub acknowledged: Vec<Answer>,
}

/// One warning, answered for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The warning as it was shown.
    pub finding: String,
    /// Why it is gone on with.
    pub why: String,
}

/// What a person says when signing.
#[derive(Debug, Clone)]
pub struct Signing<'a> {
    /// Who.
    pub by: &'a str,
    /// As what.
    pub role: Role,
    /// When.
    pub date: Date,
    /// Why warnings are gone on with.
    pub acknowledge: Option<&'a str>,
}

/// Signs `scene` and says what was signed.
pub fn sign(scene: &Path, signing: &Signing<'_>, json: bool) -> Result<String, Failure> {
    if signing.by.trim().is_empty() || signing.by.chars().any(char::is_control) {
        return Err(Failure::Input("--by is empty: write the name of the person who signs".into()));
    }
    let bar = progress::working("reading and stippling");
    let treatment = Treatment::load(scene)?;
    let pattern = treatment.lay()?;
    bar.finish_and_clear();
    let acknowledged = answers(&treatment, signing.acknowledge)?;
    let path = beside(&treatment.file);
    let mut sign_off = SignOff::read(&path)?.unwrap_or_default();
    let signature = Signature {
        by: signing.by.to_owned(),
        role: signing.role,
        date: signing.date,
        acknowledged,
        ..Signature::present(&treatment, &pattern)?
    };
    sign_off.signature.push(signature.clone());
    sign_off.write(&path)?;
    if json {
        return serde_json::to_string_pretty(&signature).map_err(|e| Failure::Run(e.to_string()));
    }
    let mut text = format!(
        "{} signs {} as {} on {}: {} dots, pattern {}\n",
        signature.by,
        signature.scene,
        signature.role,
        signature.date,
        signature.dots,
        signature.pattern_sha256.short()
    );
    for answer in &signature.acknowledged {
        let _ = writeln!(text, "answers for: {}: {}", answer.finding, answer.why);
    }
    let _ = writeln!(text, "{} files by hash in {}", signature.inputs.len() + 1, path.display());
    Ok(text)
}

/// `NAME.signed.toml` beside `NAME.toml`.
pub fn beside(scene: &SceneFile) -> PathBuf {
    scene.path.with_file_name(format!("{}.signed.toml", scene.name()))
}

/// SHA-256 over every dot: its place, axes, depths, size and shade, bit by bit.
pub fn pattern_digest(pattern: &Pattern) -> Hash {
    let mut bytes = Vec::with_capacity(pattern.sites.len() * 96);
    for site in &pattern.sites {
        let pose = site.head_from_skin.get();
        let turn = pose.rotation.coords;
        let depths = [site.least, site.target, site.most].map(|d| d.length().get());
        bytes.extend(site.id.0.to_le_bytes());
        bytes.extend(site.zone_index.to_le_bytes());
        for v in
            pose.translation.vector.iter().chain(turn.iter()).chain(&depths).chain(&[site.healed.get(), site.shade])
        {
            bytes.extend(v.to_le_bytes());
        }
    }
    Hash::of(&bytes)
}

fn answers(treatment: &Treatment, why: Option<&str>) -> Result<Vec<Answer>, Failure> {
    if treatment.warnings.is_empty() {
        return Ok(Vec::new());
    }
    let Some(why) = why.map(str::trim).filter(|w| !w.is_empty()) else {
        let list: String = treatment.warnings.iter().map(|w| format!("\n  {w}")).collect();
        let n = treatment.warnings.len();
        let text = format!(
            "{n} warnings that nobody answers for; change the scene, or say why it is right with --acknowledge \"WHY\":{list}"
        );
        return Err(Failure::file(&treatment.file.path, text));
    };
    Ok(treatment.warnings.iter().map(|w| Answer { finding: w.clone(), why: why.to_owned() }).collect())
}

impl Signature {
    /// What there is to sign now, without a signer.
    pub(crate) fn present(treatment: &Treatment, pattern: &Pattern) -> Result<Self, Failure> {
        let file = &treatment.file;
        Ok(Self {
            by: String::new(),
            role: Role::Practitioner,
            date: Date::from_unix_days(0),
            scene: file.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: file.scene.seed,
            dots: pattern.sites.len() as u64,
            scene_sha256: Hash(file.digest()),
            pattern_sha256: pattern_digest(pattern),
            inputs: inputs(file)?,
            acknowledged: Vec::new(),
        })
    }

    /// What differs between what was signed and what is there `now`, one sentence each.
    fn differences(&self, now: &Self, warnings: &[String]) -> Vec<String> {
        if self.scene != now.scene {
            return vec![format!("the signature is for {}, not for {}", self.scene, now.scene)];
        }
        let changed = |what: &str, then: &Hash, now: &Hash| format!("{what} has changed: signed {then}, now {now}");
        let mut found = Vec::new();
        if self.scene_sha256 != now.scene_sha256 {
            found.push(changed(&self.scene, &self.scene_sha256, &now.scene_sha256));
        }
        for (name, then) in &self.inputs {
            match now.inputs.get(name) {
                Some(hash) if hash == then => {}
                Some(hash) => found.push(changed(name, then, hash)),
                None => found.push(format!("{name} was signed as {then} and is named or there no more")),
            }
        }
        for (name, hash) in now.inputs.iter().filter(|(name, _)| !self.inputs.contains_key(*name)) {
            found.push(format!("{name} was not there when it was signed, now {hash}"));
        }
        if self.version != now.version {
            found.push(format!("pigment has changed: signed with {}, now {}", self.version, now.version));
        }
        // Last: a changed file says why the pattern is another one.
        if found.is_empty() && self.pattern_sha256 != now.pattern_sha256 {
            found.push(changed("the pattern", &self.pattern_sha256, &now.pattern_sha256));
        }
        let unanswered = warnings.iter().filter(|w| !self.acknowledged.iter().any(|a| a.finding == **w));
        if self.role == Role::Practitioner && found.is_empty() {
            found.extend(unanswered.map(|w| format!("nobody answers for: {w}")));
        }
        found
    }
}

impl SignOff {
    /// Reads a sign-off; `None` when there is no such file.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        if !path.exists() {
            return Ok(None);
        }
        toml_file::read::<Self>(path).map(|(sign_off, _)| Some(sign_off))
    }

    fn write(&self, path: &Path) -> Result<(), Failure> {
        let body = toml::to_string(self).map_err(|e| Failure::file(path, e))?;
        let text = format!(
            "# Sign-off, written by `pigment sign`. Of one person in one role the last signature counts.\n\n{body}"
        );
        record::write_atomic(path, text.as_bytes()).map_err(|e| Failure::Input(e.to_string()))
    }

    /// The last signature of every person in every role, oldest first.
    pub fn current(&self) -> Vec<&Signature> {
        let later = |i: usize, s: &Signature| self.signature[i + 1..].iter().any(|t| t.by == s.by && t.role == s.role);
        self.signature.iter().enumerate().filter(|(i, s)| !later(*i, s)).map(|(_, s)| s).collect()
    }

    /// Who has signed what is there `now`; or every reason why that is not so.
    pub(crate) fn check(&self, now: &Signature, warnings: &[String]) -> Result<Vec<String>, Vec<String>> {
        let mut reasons = Vec::new();
        for signature in self.current() {
            let who = format!("{} ({}, {})", signature.by, signature.role, signature.date);
            reasons.extend(signature.differences(now, warnings).into_iter().map(|d| format!("{d}; signed by {who}")));
        }
        if !self.current().iter().any(|s| s.role == Role::Practitioner) {
            reasons.push("no practitioner has signed".to_owned());
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        Ok(self.current().iter().map(|s| format!("{} ({}, {})", s.by, s.role, s.date)).collect())
    }
}

/// What a journal and a report say of the sign-off of a streamed treatment.
///
/// # Errors
/// Unsigned, or changed since; never for a `phantom`.
pub fn admit(treatment: &Treatment, pattern: &Pattern, phantom: bool) -> Result<String, Failure> {
    let path = beside(&treatment.file);
    if phantom {
        return Ok("phantom: no signature asked for".to_owned());
    }
    let again = "sign what is there with `pigment sign SCENE --by NAME`, or say that it is a phantom with --phantom";
    let Some(sign_off) = SignOff::read(&path)? else {
        let why = format!("nobody has signed for it ({} is missing); {again}", path.display());
        return Err(Failure::file(&treatment.file.path, why));
    };
    match sign_off.check(&Signature::present(treatment, pattern)?, &treatment.warnings) {
        Ok(who) => Ok(format!("signed by {}", who.join(", "))),
        Err(reasons) => {
            let list: String = reasons.iter().map(|r| format!("\n  {r}")).collect();
            Err(Failure::file(&path, format!("the sign-off does not hold:{list}\n{again}")))
        }
    }
}

/// Today by the computer's clock, UTC: for a signature only, never for a result.
pub fn today() -> Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_days((since.as_secs() / 86_400) as i64)
}
