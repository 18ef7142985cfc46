//! Updates and conditions in DynamoDB's expression language. Every name and value goes through a placeholder, so that no reserved
//! word, dot or number sign in a name can change what an expression means.

use std::collections::HashMap;

use super::attribute::Attribute;
use super::condition::{Condition, Test};
use super::item::Item;
use super::write::Step;

/// Expressions with their placeholders.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    pub condition: Option<String>,
    pub update: Option<String>,
    names: Vec<String>,
    values: Vec<Attribute>,
}

impl Expressions {
    /// The expressions of a write.
    pub fn new(condition: Option<&Condition>, steps: &[Step]) -> Self {
        let mut expressions = Self::default();
        expressions.update = (!steps.is_empty()).then(|| expressions.steps(steps));
        expressions.condition = condition.map(|condition| expressions.condition(&condition.0));
        expressions
    }

    /// The placeholders for attribute names. `None` if there are none, because DynamoDB refuses an empty map.
    pub fn names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().enumerate().map(|(at, name)| (format!("#{at}"), name.clone()));
        Some(names.collect::<HashMap<_, _>>()).filter(|names| !names.is_empty())
    }

    /// The placeholders for values. `None` if there are none.
    pub fn values(&self) -> Option<Item> {
        let values = self.values.iter().enumerate().map(|(at, value)| (format!(":{at}"), value.0.clone()));
        Some(values.collect::<Item>()).filter(|values| !values.is_empty())
    }

    fn name(&mut self, name: &str) -> String {
        let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        format!("#{at}")
    }

    fn path(&mut self, path: &str) -> String {
        path.split('.').map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    fn value(&mut self, value: &Attribute) -> String {
        let at = self.values.iter().position(|known| known == value).unwrap_or_else(|| {
            self.values.push(value.clone());
            self.values.len() - 1
        });
        format!(":{at}")
    }

    fn condition(&mut self, test: &Test) -> String {
        match test {
            Test::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Test::Absent(path) => format!("attribute_not_exists({})", self.path(path)),
            Test::Null(path) => {
                let null = self.value(&"NULL".into());
                format!("attribute_type({}, {null})", self.path(path))
            }
            Test::Compares(path, comparison, value) => {
                let value = self.value(value);
                format!("{} {} {value}", self.path(path), comparison.operator())
            }
            Test::Contains(path, value) => {
                let value = self.value(value);
                format!("contains({}, {value})", self.path(path))
            }
            Test::And(one, other) => {
                // A chain stays flat, however long it is.
                let one = match **one {
                    Test::And(..) => self.condition(one),
                    _ => format!("({})", self.condition(one)),
                };
                format!("{one} AND ({})", self.condition(other))
            }
            Test::Or(one, other) => format!("({}) OR ({})", self.condition(one), self.condition(other)),
        }
    }

    fn steps(&mut self, steps: &[Step]) -> String {
        let (mut sets, mut adds, mut removes) = (Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Set(path, value) => sets.push(format!("{} = {}", self.path(path), self.value(value))),
                Step::SetIfAbsent(path, value) => {
                    let path = self.path(path);
                    sets.push(format!("{path} = if_not_exists({path}, {})", self.value(value)));
                }
                Step::Increase(path, by) => {
                    let path = self.path(path);
                    sets.push(format!("{path} = {path} + {}", self.value(by)));
                }
                Step::Add(name, by) => adds.push(format!("{} {}", self.name(name), self.value(by))),
                Step::Remove(path) => removes.push(self.path(path)),
            }
        }
        let clauses = [("SET", sets), ("ADD", adds), ("REMOVE", removes)];
        let clauses = clauses.into_iter().filter(|(_, parts)| !parts.is_empty());
        clauses.map(|(clause, parts)| format!("{clause} {}", parts.join(", "))).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::super::{Key, Write};
    use super::*;

    fn of<A>(write: &Write<A>) -> Expressions {
        Expressions::new(write.condition.as_ref(), &[])
    }

    #[test]
    fn an_update_groups_its_steps_by_clause() {
        let update = Write::update(Key::new("a", "b"))
            .set("card.rank", "m")
            .add("tier#gold", 1)
            .remove("gsi1pk")
            .increase("revision", 1)
            .set_if_absent("expires_at", 5_i64);
        let expressions = Expressions::new(None, &update.act.steps);
        let wanted = "SET #0.#1 = :0, #4 = #4 + :1, #5 = if_not_exists(#5, :2) ADD #2 :1 REMOVE #3";
        assert_eq!(expressions.update.as_deref(), Some(wanted));
        assert_eq!(expressions.names().unwrap()["#2"], "tier#gold");
        assert_eq!(expressions.values().unwrap()[":1"], AttributeValue::N("1".into()));
    }

    #[test]
    fn conditions_nest_in_parentheses() {
        let condition = Condition::absent("run").or(Condition::is("run", 3_u64)).and(Condition::at_most("tasks", 7));
        let expressions = of(&Write::check(Key::new("a", "b"), condition));
        let wanted = "((attribute_not_exists(#0)) OR (#0 = :0)) AND (#1 <= :1)";
        assert_eq!(expressions.condition.as_deref(), Some(wanted));
        let condition = Condition::is("owner", "a").or(Condition::contains("members", "a"));
        let expressions = of(&Write::check(Key::new("a", "b"), condition));
        assert_eq!(expressions.condition.as_deref(), Some("(#0 = :0) OR (contains(#1, :0))"));
        let chain = Condition::exists("a").and(Condition::exists("b")).and(Condition::exists("c"));
        let expressions = of(&Write::check(Key::new("a", "b"), chain));
        let wanted = "(attribute_exists(#0)) AND (attribute_exists(#1)) AND (attribute_exists(#2))";
        assert_eq!(expressions.condition.as_deref(), Some(wanted));
    }

    #[test]
    fn a_write_without_conditions_has_no_placeholders() {
        let expressions = of(&Write::delete(Key::new("a", "b")));
        assert!(expressions.condition.is_none() && expressions.names().is_none() && expressions.values().is_none());
    }
}
