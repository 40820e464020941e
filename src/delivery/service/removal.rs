//! Use cases on what a person has a platform remove by hand: which takedowns wait for it, the files that carry them to the
//! platform's console, and the person's word that it has them.

use std::collections::{BTreeSet, HashSet};

use super::{DeliveryService, Resolution, account::find};
use crate::{
    auth::{Actor, Permission},
    channels::RemovalList,
    delivery::{ChannelAccount, Delivery, RemovalFile, Removals, store},
    error::{Error, ErrorKind, Result},
    id::{AccountId, DeliveryId, RemovalFileId},
};

impl DeliveryService {
    /// What of an account is to be removed by hand; nothing where the platform takes no such file.
    pub async fn removals(&self, actor: &Actor, id: AccountId) -> Result<Option<Removals>> {
        actor.require(Permission::ReadContent)?;
        let db = self.core.db.read();
        let sealed = find(db, actor, id).await?;
        let Some(list) = self.removal_list(&sealed.account)? else {
            return Ok(None);
        };
        let removable = store::list_removable(db, id, list.lane).await?;
        let files = store::list_open_removal_files(db, id).await?;
        let waiting_count = in_no_file(&removable, &files).count();
        Ok(Some(Removals {
            list,
            waiting_count,
            files: files
                .into_iter()
                .map(|file| still_removable(file, &removable))
                .collect(),
        }))
    }

    /// Makes a file of the latest takedowns that stand in none yet, as many as one file takes.
    pub async fn make_removal_file(&self, actor: &Actor, id: AccountId) -> Result<RemovalFile> {
        actor.require(Permission::Schedule)?;
        let tx = self.core.db.begin().await?;
        let sealed = find(&tx, actor, id).await?;
        let none = || Error::precondition("nothing waits to be removed by a file");
        let list = self.removal_list(&sealed.account)?.ok_or_else(none)?;
        store::hold_removals(&tx, id).await?;
        let removable = store::list_removable(&tx, id, list.lane).await?;
        let files = store::list_open_removal_files(&tx, id).await?;
        let deliveries: Vec<DeliveryId> = in_no_file(&removable, &files)
            .take(list.most_lines)
            .collect();
        if deliveries.is_empty() {
            return Err(none());
        }
        let file = RemovalFile {
            id: RemovalFileId::new(),
            site: actor.site(),
            account: id,
            lane: list.lane.to_owned(),
            deliveries,
            made_by: actor.user(),
            made_at: self.now(),
            uploaded_at: None,
        };
        store::insert_removal_file(&tx, &file).await?;
        tx.commit().await?;
        Ok(file)
    }

    /// The text of a file: a line for each item that is still to be removed. What went there again since is left out.
    pub async fn removal_text(&self, actor: &Actor, id: RemovalFileId) -> Result<String> {
        actor.require(Permission::ReadContent)?;
        let db = self.core.db.read();
        let (file, list) = self.open_removal_file(actor, id).await?;
        let sent = store::submissions(db, &file.deliveries).await?;
        let submissions = file.deliveries.iter().filter_map(|id| sent.get(id));
        let mut seen = BTreeSet::new();
        let mut text = String::new();
        for line in submissions.map(list.line) {
            if seen.insert(line.clone()) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        if text.is_empty() {
            return Err(Error::precondition(
                "nothing in this file is to be removed any more",
            ));
        }
        Ok(text)
    }

    /// Takes a person's word that the platform has a file: what stands in it is taken down. Asked a second time, it does what
    /// the first left undone.
    pub async fn complete_removal_file(
        &self,
        actor: &Actor,
        id: RemovalFileId,
    ) -> Result<RemovalFile> {
        actor.require(Permission::Schedule)?;
        let (mut file, _) = self.open_removal_file(actor, id).await?;
        for delivery in &file.deliveries {
            let removed = Resolution::Published {
                external_id: None,
                external_url: None,
            };
            match self.resolve(actor, *delivery, removed).await {
                Ok(_) => {}
                // Somebody said so of it alone in the meantime.
                Err(error) if error.kind() == ErrorKind::FailedPrecondition => {}
                Err(error) => return Err(error),
            }
        }
        let now = self.now();
        let tx = self.core.db.begin().await?;
        store::close_removal_file(&tx, id, now).await?;
        tx.commit().await?;
        file.uploaded_at = Some(now);
        Ok(file)
    }

    /// A file that is not uploaded yet, with what of it is still to be removed.
    async fn open_removal_file(
        &self,
        actor: &Actor,
        id: RemovalFileId,
    ) -> Result<(RemovalFile, &'static RemovalList)> {
        let db = self.core.db.read();
        let file = store::find_removal_file(db, actor.site(), id).await?;
        let file = file.ok_or_else(|| Error::not_found(format!("file {id}")))?;
        if file.uploaded_at.is_some() {
            return Err(Error::precondition("the file was uploaded already"));
        }
        let account = find(db, actor, file.account).await?.account;
        let list = self.removal_list(&account)?;
        let list = list.ok_or_else(|| Error::not_found(format!("file {id}")))?;
        let removable = store::list_removable(db, file.account, list.lane).await?;
        Ok((still_removable(file, &removable), list))
    }

    fn removal_list(&self, account: &ChannelAccount) -> Result<Option<&'static RemovalList>> {
        Ok(self.core.channel(&account.channel)?.removals.as_ref())
    }
}

/// The takedowns that no file has, in their order.
fn in_no_file(removable: &[Delivery], files: &[RemovalFile]) -> impl Iterator<Item = DeliveryId> {
    let known: HashSet<DeliveryId> = files
        .iter()
        .flat_map(|file| file.deliveries.iter().copied())
        .collect();
    removable
        .iter()
        .map(|delivery| delivery.id)
        .filter(move |id| !known.contains(id))
}

fn still_removable(mut file: RemovalFile, removable: &[Delivery]) -> RemovalFile {
    let ids: HashSet<DeliveryId> = removable.iter().map(|delivery| delivery.id).collect();
    file.deliveries.retain(|id| ids.contains(id));
    file
}
