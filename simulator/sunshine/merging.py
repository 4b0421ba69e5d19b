"""Merging two messaging users: only v1.1 can (SUN-IDN-06).

Facts:
  * The discarded id and its external id reach nobody any more; metadata is united up to 4 kB, the overflow is
    reported (SUN-IDN-08). On conflict the discarded user's value wins (Q-23, switchable).
  * Conversations are kept apart and re-owned, or joined if multi-conversations are off (SUN-IDN-09).
  * Whether the discarded id still leads anywhere is a switch (Q-24).
  * The answer is 200 {} and a `user:merge` event follows (Q-22).
"""

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, given
from simulator.sunshine.records import Conversation, User
from simulator.sunshine.state import World
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Response, json_response


def merge_users(call: Call) -> Response:
    """POST /v1.1/apps/{app}/appusers/merge."""
    body = call.body
    surviving, discarded = (_user(call.world, given(body, name)) for name in ("surviving", "discarded"))
    if surviving is discarded:
        raise errors.bad("surviving and discarded are the same user")
    merge(call.workspace, surviving=surviving, discarded=discarded)
    whole = {"appUser": {"_id": surviving.id, "userId": surviving.external_id}}
    return json_response({} if call.world.switches.merge_answer == "empty" else whole)


def _user(world: World, named: object) -> User:
    found = world.users.get(str(named.get("_id"))) if isinstance(named, dict) else None
    if found is None:
        raise errors.Refused(errors.USER)
    return found


def merge(workspace: Workspace, *, surviving: User, discarded: User, reason: str = "api") -> None:
    """Let one user swallow the other and tell the world."""
    world = workspace.world
    shown = {
        full: {"surviving": view(surviving), "discarded": view(discarded)}
        for full, view in ((True, views.user), (False, views.user_short))
    }
    theirs = list(world.conversations_of(discarded))
    overflow = _unite(world, surviving, discarded)
    for conversation in theirs:
        _hand_over(world, conversation, surviving, discarded)
    world.directory.drop(discarded)
    world.directory.merged[discarded.id] = surviving.id
    payload: Json = {"reason": reason}
    payload |= {"discardedMetadata": overflow} if overflow else {}
    payload |= _joined(world, surviving, theirs)
    workspace.hooks.emit("user:merge", None, lambda hook: {"mergedUsers": shown[hook.full_user], **payload})


def _hand_over(world: World, conversation: Conversation, surviving: User, discarded: User) -> None:
    already = any(each.user == surviving.id for each in conversation.participants)
    for participant in list(conversation.participants):
        if participant.user == discarded.id and already:
            conversation.participants.remove(participant)
        elif participant.user == discarded.id:
            participant.user = surviving.id
    world.leave(conversation, discarded.id)
    if not already:
        world.join(conversation, surviving.id)
    for message in conversation.messages:
        if message.author.get("userId") == discarded.id:
            message.author["userId"] = surviving.id


def _unite(world: World, surviving: User, discarded: User) -> Json:
    """Unite what is known of both; return the metadata that found no room."""
    world.directory.link(surviving, surviving.zendesk_id or discarded.zendesk_id)
    more = [each for each in discarded.identities if each not in surviving.identities]
    world.directory.identify(surviving, surviving.identities + more)
    surviving.clients += discarded.clients
    surviving.devices += discarded.devices
    discarded_wins = world.switches.merge_wins == "discarded"
    pairs = (surviving, discarded) if discarded_wins else (discarded, surviving)
    surviving.profile = {**pairs[0].profile, **pairs[1].profile}
    united = {**pairs[0].metadata, **pairs[1].metadata}
    overflow: Json = {}
    while metadata.size(united) > metadata.LIMIT:
        name, value = united.popitem()
        overflow[name] = value
    surviving.metadata = united
    return overflow


def _joined(world: World, surviving: User, theirs: list[Conversation]) -> Json:
    """Without multi-conversations there is one conversation: the survivor's takes the other's messages."""
    ours = [each for each in world.conversations_of(surviving) if each not in theirs]
    if world.switches.multi_conversations or not ours or not theirs:
        for conversation in theirs:
            conversation.is_default = conversation.is_default and not ours
        return {}
    kept, dropped = ours[0], theirs[0]
    kept.messages = sorted(kept.messages + dropped.messages, key=lambda each: (each.received, each.id))
    kept.tickets += dropped.tickets
    kept.files += dropped.files
    dropped.files = []
    shown = {
        name: views.conversation_short(world, c) for name, c in (("surviving", kept), ("discarded", dropped))
    }
    world.drop_conversation(dropped)
    return {"mergedConversations": shown}
