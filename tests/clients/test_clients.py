"""Widely used client libraries, pointed at the simulators over HTTP: token, upload, publish, query, and what is refused.

`make clients` installs them and calls this with the address of running simulators in SIMULATORS, and a port that they may call in
LISTEN.
"""

import hashlib
import http.client
import json
import os
import pathlib
import queue
import threading
import time
import unittest
import unittest.mock
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from alipay.aop.api.AlipayClientConfig import AlipayClientConfig
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient
from alipay.aop.api.FileItem import FileItem
from alipay.aop.api.request.AlipayOpenFileUploadRequest import AlipayOpenFileUploadRequest
from alipay.aop.api.request.AlipaySocialBaseContentlibStandardcontentBatchqueryRequest import (
    AlipaySocialBaseContentlibStandardcontentBatchqueryRequest as BatchQuery,
)
from alipay.aop.api.request.AlipaySocialBaseContentlibStandardcontentDeleteRequest import (
    AlipaySocialBaseContentlibStandardcontentDeleteRequest as Delete,
)
from alipay.aop.api.request.AlipaySocialBaseContentlibStandardcontentPublishRequest import (
    AlipaySocialBaseContentlibStandardcontentPublishRequest as Publish,
)
from alipay.aop.api.request.AlipaySocialBaseContentlibStandardcontentQueryRequest import (
    AlipaySocialBaseContentlibStandardcontentQueryRequest as Query,
)
from alipay.aop.api.util import WebUtils
from cryptography.hazmat.primitives import serialization
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException

SIMULATORS = os.environ["SIMULATORS"].rstrip("/")
# Where the platform may call us: an address that the simulators are allowed to reach.
PORT = int(os.environ["LISTEN"])
PICTURE = pathlib.Path(__file__).parents[1] / "fixtures" / "media" / "small.jpg"


def control(channel, command):
    body = json.dumps(command).encode()
    request = urllib.request.Request(
        f"{SIMULATORS}/control/{channel}", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class ToSimulator(HTTPAdapter):
    """Sends what is meant for the platform to its simulator; the library stays as it is."""

    def send(self, request, **options):
        url = urlsplit(request.url)
        request.url = f"{SIMULATORS}/wechat{url.path}" + (f"?{url.query}" if url.query else "")
        return super().send(request, **options)


def wechat(secret="0123456789abcdef0123456789abcdef"):
    client = WeChatClient("wx0123456789abcdef", secret)
    client._http.mount("https://api.weixin.qq.com/", ToSimulator())
    return client


class Listener:
    """Somebody whom the platform calls."""

    def __init__(self):
        self.heard = queue.Queue()
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                heard.put((query, body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", PORT), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{PORT}/"


class WeChat(unittest.TestCase):
    """wechatpy."""

    def setUp(self):
        self.client = wechat()

    def draft(self, title):
        with PICTURE.open("rb") as picture:
            cover = self.client.material.add("image", picture)
        with PICTURE.open("rb") as picture:
            address = self.client.media.upload_mass_image(picture)
        article = {
            "title": title,
            "content": f'<p>三种面团</p><p><img src="{address}"></p>',
            "thumb_media_id": cover["media_id"],
        }
        return self.client.post("draft/add", data={"articles": [article]})["media_id"]

    def test_a_draft_is_published_read_back_and_deleted(self):
        media_id = self.draft("秋日面包")
        self.assertGreaterEqual(self.client.get("draft/count")["total_count"], 1)
        job = self.client.post("freepublish/submit", data={"media_id": media_id})
        told = self.client.post("freepublish/get", data={"publish_id": job["publish_id"]})
        self.assertEqual(told["publish_status"], 0)
        article = self.client.post("freepublish/getarticle", data={"article_id": told["article_id"]})
        item = article["news_item"][0]
        self.assertEqual(item["title"], "秋日面包")
        self.assertIn("data-src=", item["content"])
        deleted = self.client.post("freepublish/delete", data={"article_id": told["article_id"]})
        self.assertEqual(deleted["errcode"], 0)
        self.assertGreaterEqual(self.client.material.get_count()["image_count"], 1)

    def test_followers_get_a_message_once_and_the_end_is_told_in_a_sealed_call(self):
        listener = Listener()
        settings = {"callback_url": listener.url, "callback_mode": "secure", "mass_per_day": 9}
        control("wechat", {"set": settings})
        self.addCleanup(control, "wechat", {"set": {"callback_url": ""}})
        media_id = self.draft("集市一天")
        number = f"clients-{time.time_ns()}"
        sent = self.client.message.send_mass_article(None, media_id, is_to_all=True, client_msg_id=number)
        self.assertEqual(self.client.message.get_mass(sent["msg_id"])["msg_status"], "SEND_SUCCESS")
        with self.assertRaises(WeChatClientException) as refused:
            self.client.message.send_mass_article(None, media_id, is_to_all=True, client_msg_id=number)
        self.assertEqual(refused.exception.errcode, 45066)

        query, body = listener.heard.get(timeout=10)
        crypto = WeChatCrypto("simtoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef")
        opened = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        self.assertIn("<![CDATA[MASSSENDJOBFINISH]]>", opened)
        self.assertEqual(self.client.message.delete_mass(sent["msg_id"])["errcode"], 0)

    def test_a_dead_token_is_fetched_anew_and_a_wrong_secret_is_refused(self):
        self.client.get("draft/count")
        control("wechat", {"expire": "tokens"})
        self.assertIn("total_count", self.client.get("draft/count"))
        with self.assertRaises(WeChatClientException) as refused:
            wechat(secret="wrong").fetch_access_token()
        self.assertEqual(refused.exception.errcode, 40125)


class Connection(http.client.HTTPConnection):
    """Goes to the simulators whatever the host: the SDK breaks on an address with a port."""

    def connect(self):
        simulators = urlsplit(SIMULATORS)
        self.host, self.port = simulators.hostname, simulators.port
        super().connect()


def bare(pem):
    """A key without the lines around it."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-"))


def pkcs1(pem):
    """The SDK reads private keys in the older form alone."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL)
    return bare(key.private_bytes(*form, serialization.NoEncryption()).decode())


class Alipay(unittest.TestCase):
    """The official SDK. It verifies the signature of each answer."""

    def setUp(self):
        keys = control("alipay", {"keys": True})
        config = AlipayClientConfig()
        config.server_url = "http://openapi.alipay.com/alipay/gateway.do"
        config.app_id = "2021000000000001"
        config.app_private_key = pkcs1(keys["app_private_key"])
        config.alipay_public_key = bare(keys["alipay_public_key"])
        self.client = DefaultAlipayClient(config)
        patched = unittest.mock.patch.object(WebUtils.httplib, "HTTPConnection", Connection)
        patched.start()
        self.addCleanup(patched.stop)
        control("alipay", {"set": {"audit_delay_s": 0, "list_lag_s": 0}})

    def call(self, request, content=None):
        request.biz_content = content
        return json.loads(self.client.execute(request))

    def test_a_post_is_published_found_in_the_list_and_deleted(self):
        picture = PICTURE.read_bytes()
        upload = AlipayOpenFileUploadRequest()
        upload.biz_code = "content_creation"
        upload.md5 = hashlib.md5(picture).hexdigest()
        upload.file_content = FileItem("small.jpg", picture, "image/jpeg")
        file_id = json.loads(self.client.execute(upload))["file_id"]
        link = f"https://cms.example.cn/s/42?v={time.time_ns()}"
        content = {
            "source_type": "1",
            "source_title": "明前龙井",
            "source_content": "今年头采。",
            "source_link": link,
            "source_media_infos": [{"media_id": file_id, "media_type": "image"}],
        }

        content_id = self.call(Publish(), content)["content_id"]

        found = self.call(Query(), {"content_id": content_id})
        self.assertEqual((found["source_title"], found["source_status"]), ("明前龙井", "1"))
        listed = self.call(BatchQuery(), {"page_num": 1, "page_size": 20, "need_detail": True})
        self.assertIn(link, [one["source_link"] for one in listed["content_details"]])
        self.call(Delete(), {"content_id": content_id})
        self.assertEqual(self.call(Query(), {"content_id": content_id})["source_status"], "3")

    def test_what_breaks_a_rule_is_refused_in_a_signed_answer(self):
        content = {"source_type": "1", "source_title": "明" * 31, "source_content": "茶", "source_media_infos": []}
        refused = self.call(Publish(), content)
        self.assertEqual((refused["code"], refused["sub_code"]), ("40004", "BUSINESS_ERROR"))


if __name__ == "__main__":
    unittest.main()
