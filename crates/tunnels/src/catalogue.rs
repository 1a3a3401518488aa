//! The providers as a person chooses among them: names, what each is good for, and what has to be entered.

use crate::choice::ProviderKind;

/// Whether a provider's address stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stability {
    /// It stays.
    Stable,
    /// It stays if the options say so.
    Depends,
    /// It is another one after each start.
    Changes,
}

/// What kind of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A word.
    Text,
    /// A port number.
    Port,
    /// A web address.
    Url,
    /// A file on this machine.
    File,
}

/// Something to enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key in the options.
    pub key: &'static str,
    /// Its name, for people.
    pub label: &'static str,
    /// What to enter.
    pub hint: &'static str,
    /// What kind of value it takes.
    pub kind: FieldKind,
    /// Whether it may be left out.
    pub optional: bool,
    /// An example.
    pub example: &'static str,
}

/// A provider, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub kind: ProviderKind,
    /// Its name.
    pub name: &'static str,
    /// What it is and what it takes.
    pub about: &'static str,
    /// Whether its address stays.
    pub stability: Stability,
    /// The same in words.
    pub stability_note: &'static str,
    /// What has to be entered.
    pub fields: &'static [Field],
}

/// Every provider, the recommended ones first.
pub const fn catalogue() -> [Entry; 7] {
    [CLOUDFLARED_NAMED, TAILSCALE_FUNNEL, NGROK, SSH, OWN_URL, CLOUDFLARED_QUICK, BORE]
}

/// What has to be entered for a provider.
pub(crate) fn fields(kind: ProviderKind) -> &'static [Field] {
    catalogue().into_iter().find(|entry| entry.kind == kind).map_or(&[], |entry| entry.fields)
}

const PUBLIC_URL: Field = Field {
    key: "public_url",
    label: "Public URL",
    hint: "The https address that leads to this tunnel, without /webhooks/intercom at its end.",
    kind: FieldKind::Url,
    optional: false,
    example: "https://hooks.example.com",
};

const CLOUDFLARED_NAMED: Entry = Entry {
    kind: ProviderKind::CloudflaredNamed,
    name: "Cloudflare, named tunnel",
    about: "On a domain of your own at Cloudflare, free of charge. Made once with 'cloudflared tunnel login', \
            'cloudflared tunnel create' and 'cloudflared tunnel route dns'.",
    stability: Stability::Stable,
    stability_note: "The address is your own and stays.",
    fields: &[
        Field {
            key: "name",
            label: "Name of the tunnel",
            hint: "As given to 'cloudflared tunnel create', or the tunnel's id.",
            kind: FieldKind::Text,
            optional: false,
            example: "support-hooks",
        },
        Field { hint: "The host name that was routed to the tunnel, with https://.", ..PUBLIC_URL },
    ],
};

const TAILSCALE_FUNNEL: Entry = Entry {
    kind: ProviderKind::TailscaleFunnel,
    name: "Tailscale Funnel",
    about: "For machines that are in a tailnet already, free of charge. Funnel has to be allowed in the tailnet once.",
    stability: Stability::Stable,
    stability_note: "The address is this machine's name in the tailnet and stays.",
    fields: &[Field {
        key: "https_port",
        label: "Public port",
        hint: "443, 8443 or 10000; Funnel knows no other. 443 when left out.",
        kind: FieldKind::Port,
        optional: true,
        example: "443",
    }],
};

const NGROK: Entry = Entry {
    kind: ProviderKind::Ngrok,
    name: "ngrok",
    about: "Quick to set up with an account. The free plan comes with one static domain: enter it here.",
    stability: Stability::Depends,
    stability_note: "The address stays if you enter your static domain. Without one it may change at each start.",
    fields: &[Field {
        key: "domain",
        label: "Static domain",
        hint: "From the ngrok dashboard, under Domains.",
        kind: FieldKind::Text,
        optional: true,
        example: "support.ngrok-free.app",
    }],
};

const SSH: Entry = Entry {
    kind: ProviderKind::Ssh,
    name: "SSH reverse tunnel",
    about: "Through any server that lets you forward a port: one of your own behind a web server with a certificate, \
            or a public one such as serveo.net, localhost.run or a.pinggy.io.",
    stability: Stability::Depends,
    stability_note: "The address stays on a server of your own. Public servers give another one at each start, and \
                     some after an hour.",
    fields: &[
        Field {
            key: "host",
            label: "Server",
            hint: "Its name, its address, or a Host of your ~/.ssh/config.",
            kind: FieldKind::Text,
            optional: false,
            example: "tunnel.example.com",
        },
        Field {
            key: "user",
            label: "User",
            hint: "Left out, SSH decides. A token that a service wants as the user name belongs in ~/.ssh/config, not here.",
            kind: FieldKind::Text,
            optional: true,
            example: "tunnel",
        },
        Field {
            key: "port",
            label: "Port of the SSH server",
            hint: "22 when left out (443 at pinggy.io).",
            kind: FieldKind::Port,
            optional: true,
            example: "22",
        },
        Field {
            key: "public_url",
            label: "Public URL",
            hint: "For a server of your own: the https address whose web server passes requests on to the port below. \
                   A public server says it by itself.",
            kind: FieldKind::Url,
            optional: true,
            example: "https://hooks.example.com",
        },
        Field {
            key: "remote_port",
            label: "Port on the server",
            hint: "The port that the server's web server passes requests to. 80 at public servers.",
            kind: FieldKind::Port,
            optional: true,
            example: "8713",
        },
        Field {
            key: "remote_host",
            label: "Name or address on the server",
            hint: "127.0.0.1 when left out on a server of your own; a wanted subdomain at some public servers.",
            kind: FieldKind::Text,
            optional: true,
            example: "127.0.0.1",
        },
        Field {
            key: "identity_file",
            label: "Key file",
            hint: "Left out, SSH uses your agent and ~/.ssh/config. A key with a passphrase must be in the agent.",
            kind: FieldKind::File,
            optional: true,
            example: "/srv/keys/tunnel_ed25519",
        },
    ],
};

const OWN_URL: Entry = Entry {
    kind: ProviderKind::OwnUrl,
    name: "My own URL",
    about: "Something else leads to the listener already: a tunnel that runs as a service, a reverse proxy, a VPN. \
            Nothing is started; the address is probed.",
    stability: Stability::Stable,
    stability_note: "The address stays as long as you keep it.",
    fields: &[PUBLIC_URL],
};

const CLOUDFLARED_QUICK: Entry = Entry {
    kind: ProviderKind::CloudflaredQuick,
    name: "Cloudflare, quick tunnel",
    about: "No account, nothing to enter: good for trying things out.",
    stability: Stability::Changes,
    stability_note: "The address is another one after each start: Intercom's setting has to be changed each time.",
    fields: &[],
};

const BORE: Entry = Entry {
    kind: ProviderKind::Bore,
    name: "bore",
    about: "A plain server of your own with 'bore server' on it. bore carries plain http; Intercom wants https, so a \
            web server with a certificate has to stand in front of it.",
    stability: Stability::Depends,
    stability_note: "The address stays if you enter a port and the public URL of the web server in front of it.",
    fields: &[
        Field {
            key: "host",
            label: "Server",
            hint: "The machine on which 'bore server' runs. Its secret, if it has one, is read by bore from BORE_SECRET.",
            kind: FieldKind::Text,
            optional: false,
            example: "tunnel.example.com",
        },
        Field {
            key: "remote_port",
            label: "Port on the server",
            hint: "Left out, the server picks another one at each start.",
            kind: FieldKind::Port,
            optional: true,
            example: "8713",
        },
        Field {
            hint: "The https address whose web server passes requests on to that port.",
            optional: true,
            ..PUBLIC_URL
        },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_is_in_the_catalogue_once_and_fields_have_keys_of_their_own() {
        let kinds: Vec<ProviderKind> = catalogue().iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ProviderKind::ALL);
        for entry in catalogue() {
            assert_eq!(ProviderKind::parse(entry.kind.as_str()), Some(entry.kind));
            let mut keys: Vec<&str> = entry.fields.iter().map(|field| field.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), entry.fields.len(), "{}", entry.name);
        }
    }
}
