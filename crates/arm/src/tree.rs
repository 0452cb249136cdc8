//! The links and joints of a URDF as one tree, checked: names, parents, roots, loops.
//!
//! In: the text of the file. Out: [`Tree`], on which a walk from any link upwards ends at the root. Absent: numbers.

use std::collections::BTreeMap;
use std::path::Path;

use urdf_rs::{Joint, JointType, Robot};

use crate::ArmError;
use crate::urdf::Names;

/// A robot that is a tree.
pub(crate) struct Tree<'a> {
    path: &'a Path,
    /// By name, place in the robot's list.
    pub(crate) links: Names<'a>,
    /// By the parent link's name.
    pub(crate) children: BTreeMap<&'a str, Vec<&'a Joint>>,
    /// By the child link's name.
    parent: BTreeMap<&'a str, &'a Joint>,
    /// The only link without a parent.
    pub(crate) root: &'a str,
}

/// Parses the text; a fault inside a joint or link is reported with its name.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Robot, ArmError> {
    let refuse = |place: String, message: String| ArmError::Urdf { path: path.to_owned(), place, message };
    let robot = urdf_rs::read_from_string(text).map_err(|e| {
        let (place, message) = culprit(text).unwrap_or_else(|| ("the file".to_owned(), e.to_string()));
        refuse(place, message)
    })?;
    if robot.links.is_empty() {
        return Err(refuse("the file".to_owned(), "holds no <link>; a URDF of a robot is needed".to_owned()));
    }
    Ok(robot)
}

/// The parser does not say where a value is wrong, so each joint and link is tried alone.
fn culprit(text: &str) -> Option<(String, String)> {
    // These hold elements called <joint> and <link> that are none.
    let text = without(&without(text, "transmission"), "gazebo");
    for kind in ["joint", "link"] {
        let (open, close) = (format!("<{kind} "), format!("</{kind}>"));
        let mut rest = text.as_str();
        while let Some(start) = rest.find(&open) {
            rest = &rest[start..];
            let end = rest.find(&close).map_or(rest.len(), |e| e + close.len());
            // A childless element ends at once; the next one's close is not its own.
            let end = rest.find("/>").map(|e| e + 2).filter(|&e| !rest[..e - 2].contains('>')).unwrap_or(end);
            let element = &rest[..end];
            if let Err(e) = urdf_rs::read_from_string(&format!("<robot name=\"x\">{element}</robot>")) {
                let name = element.split("name=\"").nth(1).and_then(|s| s.split('"').next()).unwrap_or("?");
                return Some((format!("{kind} \"{name}\""), e.to_string()));
            }
            rest = &rest[end..];
        }
    }
    None
}

fn without(text: &str, kind: &str) -> String {
    let (open, close) = (format!("<{kind}"), format!("</{kind}>"));
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        kept.push_str(&rest[..start]);
        rest = &rest[start..];
        match rest.find(&close) {
            Some(end) => rest = &rest[end + close.len()..],
            None => break,
        }
    }
    kept.push_str(rest);
    kept
}

impl<'a> Tree<'a> {
    pub(crate) fn new(path: &'a Path, robot: &'a Robot) -> Result<Self, ArmError> {
        let mut links = Names::new();
        for (i, link) in robot.links.iter().enumerate() {
            if links.insert(&link.name, i).is_some() {
                return Err(ArmError::Twice { path: path.to_owned(), kind: "link", name: link.name.clone() });
            }
        }
        let (mut children, mut parent) = (BTreeMap::<&str, Vec<&Joint>>::new(), BTreeMap::<&str, &Joint>::new());
        let mut names = BTreeMap::new();
        let mut tree = Self { path, links, children: BTreeMap::new(), parent: BTreeMap::new(), root: "" };
        for joint in &robot.joints {
            if names.insert(joint.name.as_str(), ()).is_some() {
                return Err(ArmError::Twice { path: path.to_owned(), kind: "joint", name: joint.name.clone() });
            }
            let by = |role: &str| format!("{role} of joint \"{}\"", joint.name);
            tree.link(&joint.parent.link, &by("the parent"))?;
            tree.link(&joint.child.link, &by("the child"))?;
            children.entry(&joint.parent.link).or_default().push(joint);
            if let Some(first) = parent.insert(&joint.child.link, joint) {
                return Err(ArmError::TwoParents {
                    path: path.to_owned(),
                    link: joint.child.link.clone(),
                    first: first.name.clone(),
                    second: joint.name.clone(),
                });
            }
        }
        (tree.children, tree.parent) = (children, parent);
        tree.check_loops()?;
        let roots: Vec<&str> = tree.links.keys().copied().filter(|l| !tree.parent.contains_key(l)).collect();
        match roots[..] {
            [root] => tree.root = root,
            _ => {
                let roots = roots.iter().map(|&r| r.to_owned()).collect();
                return Err(ArmError::Roots { path: path.to_owned(), roots });
            }
        }
        Ok(tree)
    }

    /// The link called so.
    pub(crate) fn link(&self, name: &str, wanted_by: &str) -> Result<&'a str, ArmError> {
        self.links.get_key_value(name).map(|(name, _)| *name).ok_or_else(|| ArmError::NoLink {
            path: self.path.to_owned(),
            link: name.to_owned(),
            wanted_by: wanted_by.to_owned(),
            known: some(self.links.keys()),
        })
    }

    /// `tool0`, as vendors call it, or the only end.
    pub(crate) fn flange(&self) -> Result<&'a str, ArmError> {
        if let Some((tool0, _)) = self.links.get_key_value("tool0") {
            return Ok(tool0);
        }
        let ends: Vec<&str> = self.links.keys().copied().filter(|l| !self.children.contains_key(l)).collect();
        match ends[..] {
            [end] => Ok(end),
            _ => Err(ArmError::Flange { path: self.path.to_owned(), ends: some(ends.iter()) }),
        }
    }

    /// Joints from base to flange, in order, all of a kind that is known.
    pub(crate) fn way(&self, base: &str, flange: &str) -> Result<Vec<&'a Joint>, ArmError> {
        let mut way = Vec::new();
        let mut at = flange;
        while at != base {
            let Some(&joint) = self.parent.get(at) else {
                let (base, flange) = (base.to_owned(), flange.to_owned());
                return Err(ArmError::Apart { path: self.path.to_owned(), base, flange });
            };
            if !matches!(joint.joint_type, JointType::Revolute | JointType::Continuous | JointType::Fixed) {
                let found = format!("{:?}", joint.joint_type).to_lowercase();
                return Err(ArmError::JointKind { path: self.path.to_owned(), joint: joint.name.clone(), found });
            }
            if let Some(mimic) = &joint.mimic {
                let (joint, follows) = (joint.name.clone(), mimic.joint.clone());
                return Err(ArmError::Mimic { path: self.path.to_owned(), joint, follows });
            }
            if let Some(value) = joint.origin.xyz.iter().chain(joint.origin.rpy.iter()).find(|v| !v.is_finite()) {
                return Err(ArmError::Value {
                    path: self.path.to_owned(),
                    place: format!("joint \"{}\"", joint.name),
                    what: "a number of its origin",
                    value: *value,
                    wanted: "give metres and radians",
                });
            }
            way.push(joint);
            at = &joint.parent.link;
        }
        way.reverse();
        Ok(way)
    }

    /// With one parent each, a link that cannot be walked up to a root is on a loop or above one.
    fn check_loops(&self) -> Result<(), ArmError> {
        for &link in self.links.keys() {
            let mut at = link;
            for _ in 0..=self.links.len() {
                match self.parent.get(at) {
                    Some(joint) => at = &joint.parent.link,
                    None => break,
                }
                if at == link {
                    return Err(ArmError::Loop { path: self.path.to_owned(), link: link.to_owned() });
                }
            }
        }
        Ok(())
    }
}

/// Enough names to see what is meant.
fn some<'a>(names: impl Iterator<Item = &'a &'a str>) -> Vec<String> {
    names.take(12).map(|&n| n.to_owned()).collect()
}
