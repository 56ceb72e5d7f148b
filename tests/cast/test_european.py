"""Spanish, French, Hindi, Italian, Portuguese: what their reader would get wrong stands in words."""

from __future__ import annotations

import pytest

from indextts_post.cast import reading_of, written_out

LINES = [
    ("es", "Son 10.000 personas.", "Son 10000 personas."),
    ("es", "Cuesta 12,50 €, Sr. López.", "Cuesta 12 euros con 50, Señor López."),
    ("es", "Pagó $1,500.50.", "Pagó 1500 dólares con 50."),
    ("es", "EE. UU. tiene 3 millones.", "Estados Unidos tiene 3 millones."),
    ("es", "Hace -5 °C a las 15:30.", "Hace menos 5 grados a las 15:30."),
    ("fr", "Il fait 36,6 °C.", "Il fait 36,6 degrés."),
    ("fr", "M. Dupont et Mme Martin", "Monsieur Dupont et Madame Martin"),
    ("fr", "Il a payé 12,50 € à 15h30.", "Il a payé 12 euros 50 à 15 heures 30."),
    ("fr", "10 000 personnes, 1 €", "10000 personnes, 1 euro"),
    ("fr", "3 millions €", "3 millions d'euros"),
    ("fr", "le 1er mai", "le premier mai"),
    ("it", "Il Sig. Rossi pesa 80 kg e paga € 20.", "Il Signor Rossi pesa 80 chili e paga 20 euro."),
    ("it", "Dott.ssa Bianchi, n. 5", "Dottoressa Bianchi, numero 5"),
    ("pt", "O Sr. Silva pagou R$ 1.234,56.", "O Senhor Silva pagou 1234 reais e 56."),
    ("pt", "às 15h, 50 %", "às 15 horas, 50 por cento"),
    ("hi", "डॉ. शर्मा ने ₹1,00,000 दिए।", "डॉक्टर शर्मा ने 100000 रुपये दिए।"),
]


@pytest.mark.parametrize(("language", "written", "said"), LINES)
def test_abbreviations_money_and_measures_are_words(language: str, written: str, said: str) -> None:
    assert written_out(written, language) == said
    assert written_out(said, language) == said
    assert reading_of(written, language).spoken == said
