//! Use cases of a person's own values: put one in the place of a derived one, and go back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{TailoringService, known_channel};
use crate::{
    auth::{Actor, Permission},
    channels::Descriptor,
    error::{Error, Result},
    id::VariantId,
    tailoring::{
        Override, SourceRef, Variant, check,
        store::{self, Overrides},
    },
};

impl TailoringService {
    /// Puts a person's value in the place of a derived one.
    pub async fn set_override(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
        field: &str,
        value: Value,
        base_version: i32,
    ) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        let declared = channel
            .field(field)
            .filter(|declared| declared.editable)
            .ok_or_else(|| {
                Error::invalid(
                    "input.field",
                    format!("{} has no field {field} that can be changed", channel.id),
                )
            })?;
        check::check_override(declared, &value)?;
        let profile = self.profile(actor).await?;
        let derived = self.make(actor, of, channel, &profile, None).await?;
        let derived = derived
            .variant
            .fields
            .into_iter()
            .find(|known| known.name == field)
            .map(|known| known.derived);
        let new = Override {
            value,
            derived: derived.unwrap_or(Value::Null),
        };
        self.change(actor, of, channel, base_version, |fields| {
            fields.insert(field.to_owned(), new);
        })
        .await
    }

    /// Goes back to the derived value.
    pub async fn clear_override(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &str,
        field: &str,
        base_version: i32,
    ) -> Result<Variant> {
        actor.require(Permission::WriteContent)?;
        let channel = known_channel(channel)?;
        channel.field(field).ok_or_else(|| {
            Error::invalid(
                "input.field",
                format!("{} has no field {field}", channel.id),
            )
        })?;
        self.change(actor, of, channel, base_version, |fields| {
            fields.remove(field);
        })
        .await
    }

    async fn change(
        &self,
        actor: &Actor,
        of: SourceRef,
        channel: &'static Descriptor,
        base_version: i32,
        change: impl FnOnce(&mut BTreeMap<String, Override>),
    ) -> Result<Variant> {
        // Whoever may not see the item may not change its variants.
        self.loader.latest(actor, of, "", self.clock.now()).await?;
        let tx = self.db.begin().await?;
        let found = store::find_overrides(&tx, actor.site(), of.item(), channel.id).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        if version != base_version {
            return Err(Error::conflict(format!(
                "somebody else changed the variant (version {version} by now); load it again"
            ))
            .with_details(
                json!({ "currentVersion": version, "current": found.map(|found| found.fields) }),
            ));
        }
        let now = self.clock.now();
        if let Some(mut overrides) = found {
            change(&mut overrides.fields);
            overrides.version += 1;
            store::update_overrides(&tx, &overrides, now).await?;
        } else {
            let mut overrides = Overrides {
                id: VariantId::new(),
                version: 1,
                fields: BTreeMap::new(),
            };
            change(&mut overrides.fields);
            store::insert_overrides(&tx, actor.site(), of.item(), channel.id, &overrides, now)
                .await?;
        }
        tx.commit().await?;
        self.variant(actor, of, channel.id).await
    }
}
