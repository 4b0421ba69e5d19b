"""The Zendesk account: its apps, each with a world of its own, and the keys that open them."""

from simulator import accounts
from simulator.network import Network
from simulator.sunshine import deliveries
from simulator.sunshine.auth import Keyring
from simulator.sunshine.hooks import Hooks
from simulator.sunshine.records import App, Key
from simulator.sunshine.state import DEFAULT_INTEGRATION, ObjectIds, World
from simulator.sunshine.workspace import Workspace
from simulator.support.state import Store, Ticket

MOST_KEYS = 10


class Account:
    """Every app by its id; the stock app is always made anew by a reset."""

    def __init__(self, network: Network, support: Store) -> None:
        self.network = network
        self.support = support
        self.ids = ObjectIds(network)
        self.ring = Keyring()
        self.stock = self._space(None)
        self.spaces: dict[str, Workspace] = {}
        self.reset()

    def _space(self, app: App | None) -> Workspace:
        world = World(self.network, self.support, self.ids, app)
        return Workspace(world, Hooks(world), [deliveries.follow])

    def ticket_closed(self, ticket: Ticket) -> None:
        for space in list(self.spaces.values()):
            space.ticket_closed(ticket)

    def reset(self) -> None:
        self.ids.reset()
        self.stock.hooks.forget()
        self.stock.world.reset()
        self.spaces = {self.stock.world.app.id: self.stock}
        self.ring.forget()
        app, integration = accounts.SUNSHINE_APP_ID, DEFAULT_INTEGRATION
        for key in (
            Key(accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET, "Bridge", app),
            Key(
                accounts.SUNSHINE_INTEGRATION_KEY_ID,
                accounts.SUNSHINE_INTEGRATION_SECRET,
                "SMS bridge",
                app,
                integration,
            ),
            Key(accounts.SUNSHINE_ACCOUNT_KEY_ID, accounts.SUNSHINE_ACCOUNT_SECRET, "Account"),
            Key(accounts.SUNSHINE_SERVICE_KEY_ID, accounts.SUNSHINE_SERVICE_SECRET, "Service account"),
        ):
            self.ring.keys[key.id] = key

    # --- apps ---

    def add_app(self, app: App) -> Workspace:
        self.spaces[app.id] = self._space(app)
        return self.spaces[app.id]

    def drop_app(self, app_id: str) -> None:
        """The app goes with its keys."""
        self.spaces.pop(app_id).hooks.forget()
        self.ring.keys = {name: key for name, key in self.ring.keys.items() if key.app != app_id}
        self.ring.tokens = {name: key for name, key in self.ring.tokens.items() if key.app != app_id}

    # --- keys ---

    def new_key(self, name: str, app: str, integration: str | None = None) -> Key:
        """Make a key whose first letters tell its scope (SUN-AUT-03)."""
        made = Key(
            f"{'int' if integration else 'app'}_{self.ids()}",
            self.network.ids.token(),
            name,
            app,
            integration,
        )
        self.ring.keys[made.id] = made
        return made
